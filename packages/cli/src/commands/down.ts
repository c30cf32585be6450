import { endRuns } from 'mesocosm/operate'
import { defineCommand, UsageError } from '../command.ts'
import { duration } from '../duration.ts'
import { projectOf } from '../project.ts'

export const command = defineCommand({
  summary: 'End what `up` has started, and wait until it is gone',
  usage: '[--all] [--run <name>]',
  help: [
    '  --all              also runs of tests of this project that are under way',
    '  --run <name>       this one instead of the warm one; `mesocosm ps` shows the names',
  ],
  options: { all: { type: 'boolean' }, run: { type: 'string' } },
  async run({ values, positionals }, io) {
    if (positionals.length > 0)
      throw new UsageError('down takes no services: it ends the whole run')
    const { root } = await projectOf(values, io)
    const { all = false, run } = values
    const ended = await endRuns(root, { all, ...(run === undefined ? {} : { run }) })
    if (ended.length === 0) io.stdout.write('nothing was up\n')
    for (const { who, ms } of ended) io.stdout.write(`${who} ended in ${duration(ms)}\n`)
    return 0
  },
})
