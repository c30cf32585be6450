import { changeEnv, inspectService } from 'mesocosm/operate'
import { defineCommand, UsageError } from '../command.ts'
import { duration } from '../duration.ts'
import { projectOf } from '../project.ts'
import { parsePatch } from '../variables.ts'

export const command = defineCommand({
  summary: 'Print or change the environment of a running service',
  usage: '<service> [KEY=value | KEY-]... [options]',
  description: [
    'KEY=value sets a variable, KEY- unsets it. Without either, prints the environment.',
    'Recreates only this service, at the same address, and waits until it is ready.',
    'The change lasts until the lane is reset, which happens before the next test that leases it.',
  ],
  optionHelp: {
    '--dependents': 'also restart the services that depend on this one',
    '--lane <name>':
      'lane (default: the first one in which the service runs); a lane in use by a test cannot be changed',
    '--run <name>': 'run (default: the one that `up` started, otherwise the only one)',
    '--json': 'print the environment as a JSON object',
  },
  options: {
    dependents: { type: 'boolean' },
    lane: { type: 'string' },
    run: { type: 'string' },
    json: { type: 'boolean' },
  },
  async run({ values, positionals }, io) {
    const [service, ...words] = positionals
    if (service === undefined) throw new UsageError('missing argument <service>')
    const patch = parsePatch(words)
    const { dependents = false, lane, run, json = false } = values
    const project = await projectOf(values, io)
    const printAll = (env: Readonly<Record<string, string>>) => {
      const lines = Object.entries(env).map(([key, value]) => `${key}=${value}\n`)
      io.stdout.write(json ? `${JSON.stringify(env, undefined, 2)}\n` : lines.join(''))
    }
    if (words.length === 0) {
      printAll((await inspectService(project, service, { lane, run })).service.env)
      return 0
    }
    const changed = await changeEnv(project, service, patch, { dependents, lane, run })
    if (json) printAll(changed.service.env)
    else io.stdout.write(`${service} in ${changed.lane} is ready after ${duration(changed.ms)}\n`)
    return 0
  },
})
