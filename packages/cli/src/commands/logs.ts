import { type ReadLine, readLogs, testLogs } from 'mesocosm/operate'
import { defineCommand, UsageError } from '../command.ts'
import { filterOf } from '../logs/filter.ts'
import { lineWriter } from '../logs/line-text.ts'
import { integer } from '../parse.ts'
import { projectOf } from '../project.ts'
import { wantsColor } from '../tree/screen.ts'
import { untilInterrupted } from '../until-interrupted.ts'

/** Lines that a coding agent gets if it does not say how many. */
const agentTail = 200

export const command = defineCommand({
  summary: 'Print the logs of services, also after the run has ended',
  usage: '[service]... [options]',
  description: [
    'Without services, prints the logs of all services of the lane, each line with the name of its service.',
    'With --test, prints the lines that belong to one test of a recorded run, or may do so.',
  ],
  optionHelp: {
    '-f, --follow': 'keep printing new lines until the run ends',
    '--tail <n>': 'start with only the last n lines',
    '--since <time>':
      'no earlier lines: a duration such as 30s, 10m or 2h, or a date as in ISO 8601',
    '--grep <text>': 'only lines with this text, or matching this /pattern/; can be repeated',
    '--level <level>': 'only lines of this level and of worse ones: error, warn, info or debug',
    '--test <test>': 'only lines of a test: its id, a part of its title, its file or <file>:<line>',
    '--lane <name>': 'lane, `all` for all lanes (default: the first one in which the services run)',
    '--run <name>':
      'live or recorded run (default: the one that `up` started, otherwise the newest)',
    '--json':
      'print one JSON object per line: { time, text, stream, service, lane, level?, cut?, partial?, gap? }, time in ms since 1970',
  },
  options: {
    follow: { type: 'boolean', short: 'f' },
    lane: { type: 'string' },
    run: { type: 'string' },
    tail: { type: 'string' },
    since: { type: 'string' },
    grep: { type: 'string', multiple: true },
    level: { type: 'string' },
    test: { type: 'string' },
    json: { type: 'boolean' },
  },
  async run({ values, positionals: services }, io) {
    const { follow = false, lane, run, test, json = false } = values
    const isShort = io.agent && !follow && !json && values.tail === undefined
    const tail = isShort ? agentTail : integer('--tail', values.tail)
    const filter = filterOf(values, Date.now())
    if (test !== undefined && (follow || lane !== undefined))
      throw new UsageError('--test cannot be combined with --follow or --lane')
    const project = await projectOf(values, io)
    const text = lineWriter({
      json,
      oneService: services.length === 1,
      manyLanes: lane === 'all',
      color: wantsColor(io.stdout),
    })
    let count = 0
    const write = (line: ReadLine) => {
      count++
      io.stdout.write(`${text(line)}\n`)
    }
    const noteEnd = () => {
      if (isShort && count === agentTail)
        io.stderr.write(`only the last ${agentTail} lines; --tail <n> prints more\n`)
    }
    if (test !== undefined) {
      const lines = await testLogs(project.root, test, { ...filter, services, run, cwd: io.cwd })
      for (const line of tail === undefined ? lines : lines.slice(Math.max(0, lines.length - tail)))
        write(line)
      noteEnd()
      return 0
    }
    await untilInterrupted(async (signal) => {
      const options = { ...filter, services, follow, lane, run, tail, signal }
      for await (const line of readLogs(project, options)) write(line)
    })
    noteEnd()
    return 0
  },
})
