import { execIn } from 'mesocosm/operate'
import { defineCommand, UsageError } from '../command.ts'
import { integer } from '../parse.ts'
import { projectOf } from '../project.ts'
import { parseVariables } from '../variables.ts'

export const command = defineCommand({
  summary: 'Run a program in a running service',
  usage: '<service> [options] -- <command> [argument]...',
  description: [
    'Prints the output when the program has exited, and returns its exit code. Piped input is passed on.',
    'Works while a test uses the lane. What the program changes lasts until the lane is reset.',
  ],
  optionHelp: {
    '--user <name>': 'user to run as (default: the one of the image)',
    '--cwd <folder>': 'working folder in the container (default: the one of the image)',
    '--env <KEY=value>': 'set a variable; can be repeated',
    '--timeout-ms <n>': 'kill the program after this many milliseconds (default: never)',
    '--lane <name>': 'lane (default: the first one in which the service runs)',
    '--run <name>': 'run (default: the one that `up` started, otherwise the only one)',
    '--json': 'print { exitCode, stdout, stderr, durationMs, truncated? } as JSON, and exit with 0',
  },
  options: {
    lane: { type: 'string' },
    run: { type: 'string' },
    user: { type: 'string' },
    cwd: { type: 'string' },
    env: { type: 'string', multiple: true },
    'timeout-ms': { type: 'string' },
    json: { type: 'boolean' },
  },
  takesRest: true,
  async run({ values, positionals, rest }, io) {
    const [service, ...words] = positionals
    if (service === undefined) throw new UsageError('missing argument <service>')
    const argv = [...words, ...rest]
    if (argv.length === 0) throw new UsageError('missing command')
    const { lane, run, user, cwd, json = false } = values
    const timeoutMs = integer('--timeout-ms', values['timeout-ms'], 1)
    const env = parseVariables(values.env ?? [])
    const project = await projectOf(values, io)
    const stdin = await io.stdin()
    const request = {
      argv,
      ...(user === undefined ? {} : { user }),
      ...(cwd === undefined ? {} : { cwd }),
      ...(Object.keys(env).length === 0 ? {} : { env }),
      ...(stdin === undefined ? {} : { stdin }),
    }
    const result = await execIn(project, service, request, { lane, run, timeoutMs })
    if (json) {
      io.stdout.write(`${JSON.stringify(result)}\n`)
      return 0
    }
    io.stdout.write(result.stdout)
    io.stderr.write(result.stderr)
    for (const stream of ['stdout', 'stderr'] as const)
      if (result.truncated?.[stream])
        io.stderr.write(`mesocosm: ${stream} was longer than 10 MiB, so its end is missing\n`)
    return result.exitCode
  },
})
