import { type LogLine, readLogs } from 'mesocosm/operate'
import { defineCommand } from '../command.ts'
import { wholeNumber } from '../parse.ts'
import { projectOf } from '../project.ts'
import { wantsColor } from '../tree/screen.ts'
import { painted } from '../tree/style.ts'

export const command = defineCommand({
  summary: 'Print what services wrote, from the record of the live or the last run',
  usage: '[-f] [service…] [--lane <name>] [--run <name>] [--tail <n>] [--json]',
  help: [
    'Without services those of the whole lane, each line headed by its service.',
    '',
    '  -f, --follow       go on with new lines until the run ends',
    '  --lane <name>      default the first lane in which the services run',
    '  --run <name>       default the warm run, else the newest',
    '  --tail <n>         of what is there already, only the last n lines',
    '  --json             one JSON object a line: time (ms since the epoch), text, stream, service',
  ],
  options: {
    follow: { type: 'boolean', short: 'f' },
    lane: { type: 'string' },
    run: { type: 'string' },
    tail: { type: 'string' },
    json: { type: 'boolean' },
  },
  async run({ values, positionals: services }, io) {
    const { follow = false, lane, run, json = false } = values
    const tail = wholeNumber('--tail', values.tail)
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
