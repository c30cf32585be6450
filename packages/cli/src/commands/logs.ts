import { type LogLine, readLogs } from 'mesocosm/operate'
import { defineCommand } from '../command.ts'
import { integer } from '../parse.ts'
import { projectOf } from '../project.ts'
import { wantsColor } from '../tree/screen.ts'
import { painted } from '../tree/style.ts'

export const command = defineCommand({
  summary: 'Print the logs of services, also after the run has ended',
  usage: '[service]... [options]',
  description: [
    'Without services, prints the logs of all services of the lane, each line with the name of its service.',
  ],
  optionHelp: {
    '-f, --follow': 'keep printing new lines until the run ends',
    '--tail <n>': 'start with only the last n lines',
    '--lane <name>': 'lane (default: the first one in which the services run)',
    '--run <name>': 'run (default: the one that `up` started, otherwise the newest)',
    '--json':
      'print one JSON object per line: { time, text, stream, service, cut?, partial?, gap? }, time in ms since 1970',
  },
  options: {
    follow: { type: 'boolean', short: 'f' },
    lane: { type: 'string' },
    run: { type: 'string' },
    tail: { type: 'string' },
    json: { type: 'boolean' },
  },
  async run({ values, positionals: services }, io) {
    const { follow = false, lane, run, json = false } = values
    const tail = integer('--tail', values.tail)
    const project = await projectOf(values, io)
    const color = wantsColor(io.stdout)
    const write = json
      ? (line: LogLine) => JSON.stringify(line)
      : services.length === 1
        ? ({ text }: LogLine) => text
        : ({ service, text }: LogLine) => `${color ? painted(service, 'cyan') : service} | ${text}`
    for await (const line of readLogs(project, { services, follow, lane, run, tail }))
      io.stdout.write(`${write(line)}\n`)
    return 0
  },
})
