import { down } from 'mesocosm/operate'
import { defineCommand, UsageError } from '../command.ts'
import { duration } from '../duration.ts'
import { projectOf } from '../project.ts'

export const command = defineCommand({
  summary: 'Stop the topology that `up` started, and remove lanes that failed tests left',
  usage: '[options]',
  description: [
    'Also stops runs that no test uses any more and that only keep lanes of failed tests.',
    'Returns when its containers, networks and volumes are removed. Records and logs are kept.',
  ],
  optionHelp: {
    '--all': 'also stop the test runs of this project that are in progress',
    '--run <name>': 'stop this run instead; `mesocosm ps` lists the names',
    '--json': 'print a JSON array of the stopped runs: [{ who, run?, ms }]',
  },
  options: { all: { type: 'boolean' }, run: { type: 'string' }, json: { type: 'boolean' } },
  async run({ values, positionals }, io) {
    const [extra] = positionals
    if (extra !== undefined)
      throw new UsageError(`unexpected argument "${extra}"; down stops all services`)
    const { root } = await projectOf(values, io)
    const { all = false, run } = values
    const stopped = await down(root, { all, ...(run === undefined ? {} : { run }) })
    if (values.json) {
      io.stdout.write(`${JSON.stringify(stopped, undefined, 2)}\n`)
      return 0
    }
    if (stopped.length === 0) io.stdout.write('nothing is running\n')
    for (const { who, ms } of stopped) io.stdout.write(`${who} stopped in ${duration(ms)}\n`)
    return 0
  },
})
