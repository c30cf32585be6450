import { examine, type Finding } from 'mesocosm/operate'
import { defineCommand } from '../command.ts'
import { exactly } from '../parse.ts'
import { projectOf } from '../project.ts'
import { wantsColor } from '../tree/screen.ts'
import { painted } from '../tree/style.ts'

export const command = defineCommand({
  summary: 'Look at all that a run needs, and say what to do about what is wrong',
  usage: '[--json]',
  help: [
    'Exit code 1 when something fails.',
    '',
    '  --json             one JSON array of findings',
  ],
  options: { json: { type: 'boolean' } },
  async run({ values, positionals }, io) {
    exactly(positionals)
    const findings = await examine(await projectOf(values, io))
    const color = wantsColor(io.stdout)
    io.stdout.write(
      values.json
        ? `${JSON.stringify(findings, undefined, 2)}\n`
        : `${describeFindings(findings, color).join('\n')}\n`,
    )
    return findings.some(({ status }) => status === 'fail') ? 1 : 0
  },
})

/** A line each, remedies below. */
export const describeFindings = (findings: readonly Finding[], color: boolean): string[] => {
  const width = Math.max(...findings.map(({ name }) => name.length))
  return findings.flatMap(({ name, status, text, remedy }) => [
    `${color ? painted(status.padEnd(4), looks[status]) : status.padEnd(4)}  ${name.padEnd(width)}  ${text}`,
    ...(remedy === undefined ? [] : [`${' '.repeat(width + 8)}remedy: ${remedy}`]),
  ])
}

// ---

const looks = { ok: 'green', warn: 'yellow', fail: 'red' } as const
