import { listRuns } from 'mesocosm/operate'
import { defineCommand, type Io } from '../command.ts'
import { exactly } from '../parse.ts'
import { projectOf } from '../project.ts'
import { runText } from '../tree/run-text.ts'
import { wantsColor } from '../tree/screen.ts'

export const command = defineCommand({
  summary: 'List the live runs of the project, with lanes, services and addresses',
  usage: '[options]',
  optionHelp: { '--json': 'print a JSON array of runs' },
  options: { json: { type: 'boolean' } },
  async run({ values, positionals }, io) {
    exactly(positionals)
    const { root } = await projectOf(values, io)
    const runs = await listRuns(root)
    if (values.json) io.stdout.write(`${JSON.stringify(runs, undefined, 2)}\n`)
    else if (runs.length === 0) io.stdout.write('nothing is running\n')
    else io.stdout.write(`${runs.map((run) => runText(run, lookOf(io))).join('\n\n')}\n`)
    return 0
  },
})

// ---

const lookOf = ({ stdout }: Io) => ({ color: wantsColor(stdout), now: performance.now() })
