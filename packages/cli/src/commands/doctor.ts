import { type Diagnosis, diagnose } from 'mesocosm/operate'
import { defineCommand } from '../command.ts'
import { exactly } from '../parse.ts'
import { projectOf } from '../project.ts'
import { wantsColor } from '../tree/screen.ts'
import { painted } from '../tree/style.ts'

export const command = defineCommand({
  summary: 'Check the engine, this machine and the project for problems',
  usage: '[options]',
  description: ['Each problem comes with its remedy. The exit code is 1 if a check fails.'],
  optionHelp: { '--json': 'print a JSON array: name, status, text, remedy' },
  options: { json: { type: 'boolean' } },
  async run({ values, positionals }, io) {
    exactly(positionals)
    const diagnoses = await diagnose(await projectOf(values, io))
    const color = wantsColor(io.stdout)
    io.stdout.write(
      values.json
        ? `${JSON.stringify(diagnoses, undefined, 2)}\n`
        : `${describeDiagnoses(diagnoses, color).join('\n')}\n`,
    )
    return diagnoses.some(({ status }) => status === 'fail') ? 1 : 0
  },
})

// ---

/** Returns one line per diagnosis, with its remedy on the line below. */
const describeDiagnoses = (diagnoses: readonly Diagnosis[], color: boolean): string[] => {
  const width = Math.max(...diagnoses.map(({ name }) => name.length))
  return diagnoses.flatMap(({ name, status, text, remedy }) => [
    `${color ? painted(status.padEnd(4), looks[status]) : status.padEnd(4)}  ${name.padEnd(width)}  ${text}`,
    ...(remedy === undefined ? [] : [`${' '.repeat(width + 8)}remedy: ${remedy}`]),
  ])
}

const looks = { ok: 'green', warn: 'yellow', fail: 'red' } as const
