import { changeEnv, serviceNow } from 'mesocosm/operate'
import { defineCommand, UsageError } from '../command.ts'
import { duration } from '../duration.ts'
import { projectOf } from '../project.ts'
import { parsePatch } from '../variables.ts'

export const command = defineCommand({
  summary: "Change a running service's environment; without changes, print it",
  usage: '<service> [KEY=value | KEY-]… [--dependents] [--lane <name>] [--json]',
  help: [
    'KEY=value sets a variable, KEY- takes it away. Only this service is recreated, at the same address, and is ready when we return.',
    'The change stays until the lane is reset: the next test that gets the lane resets it first.',
    '',
    '  --dependents       also restart the services that depend on it',
    '  --lane <name>      default the first lane in which the service runs; a lane that a test holds is busy',
    '  --run <name>       default the warm run, else the only one',
    '  --json             the environment as one JSON object',
  ],
  options: {
    dependents: { type: 'boolean' },
    lane: { type: 'string' },
    run: { type: 'string' },
    json: { type: 'boolean' },
  },
  async run({ values, positionals }, io) {
    const [service, ...words] = positionals
    if (service === undefined) throw new UsageError('<service> is missing')
    const patch = parsePatch(words)
    const { dependents = false, lane, run, json = false } = values
    const project = await projectOf(values, io)
    const printAll = (env: Readonly<Record<string, string>>) => {
      const lines = Object.entries(env).map(([key, value]) => `${key}=${value}\n`)
      io.stdout.write(json ? `${JSON.stringify(env, undefined, 2)}\n` : lines.join(''))
    }
    if (words.length === 0) {
      printAll((await serviceNow(project, service, { lane, run })).service.env)
      return 0
    }
    const changed = await changeEnv(project, service, patch, { dependents, lane, run })
    if (json) printAll(changed.service.env)
    else io.stdout.write(`${service} in ${changed.lane} is ready after ${duration(changed.ms)}\n`)
    return 0
  },
})
