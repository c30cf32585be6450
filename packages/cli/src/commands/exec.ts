import { execIn } from 'mesocosm/operate'
import { defineCommand, UsageError } from '../command.ts'
import { wholeNumber } from '../parse.ts'
import { projectOf } from '../project.ts'
import { parseVariables } from '../variables.ts'

export const command = defineCommand({
  summary: 'Run a program in a running service',
  usage: '<service> [options] -- argv…',
  help: [
    'Its output is printed when it has ended; its exit code is ours. What is piped in goes to it.',
    'It sees the lane as it is, also while a test holds it; what it changes there stays until the lane is reset.',
    '',
    '  --lane <name>      default the first lane in which the service runs',
    '  --run <name>       default the warm run, else the only one',
    '  --user <name>      --cwd <folder>      --env KEY=value (any number of times)',
    '  --timeout-ms <n>   kill it after so long; default never',
    '  --json             one JSON object: { exitCode, stdout, stderr, durationMs }; then our exit code is 0',
  ],
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
    if (service === undefined) throw new UsageError('<service> is missing')
    const argv = [...words, ...rest]
    if (argv.length === 0) throw new UsageError('the program is missing')
    const { lane, run, user, cwd, json = false } = values
    const timeoutMs = wholeNumber('--timeout-ms', values['timeout-ms'], 1)
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
    return result.exitCode
  },
})
