import {
  type DebuggableService,
  type DebuggedService,
  debuggableServices,
  debuggedText,
  debugService,
  serviceConfiguration,
  testConfiguration,
} from 'mesocosm/operate'
import { defineCommand, UsageError } from '../command.ts'
import { runnersOf } from '../debug/runners-of.ts'
import { writeLaunchJson } from '../debug/write-launch-json.ts'
import { integer } from '../parse.ts'
import { projectOf } from '../project.ts'

export const command = defineCommand({
  summary: 'Attach a debugger to a running service',
  usage: '[<service>] [options]',
  description: [
    'Opens a port of this machine that leads to the debugger of the service, and prints how to attach. It stays the same over restarts and resets, until the lane ends.',
    'Works while a test uses the lane: no limit on waiting passes while the service is paused.',
    'The service needs the key `debug` in the topology. Programs of languages other than Node are created again, with their debugger.',
  ],
  optionHelp: {
    '--break':
      'start the program again, so that it waits at its first line; returns when a debugger has let it go on',
    '--off': 'end it: the program is created again as declared if it has another environment',
    '--port <n>': 'port of this machine (default: the usual one of the language, or one near it)',
    '--write':
      'put configurations for VS Code into .vscode/launch.json: of the service, or without one of all services and the tests',
    '--lane <name>': 'lane (default: the first one in which the service runs)',
    '--run <name>': 'run (default: the one that `up` started, otherwise the only one)',
    '--json':
      'print { services: [{ service, lane, kind?, host, port, attach, sources? }], file?, written? } as JSON',
  },
  options: {
    break: { type: 'boolean' },
    off: { type: 'boolean' },
    port: { type: 'string' },
    write: { type: 'boolean' },
    lane: { type: 'string' },
    run: { type: 'string' },
    json: { type: 'boolean' },
  },
  async run({ values, positionals }, io) {
    const { break: stop = false, off = false, write = false, json = false, lane, run } = values
    const [service, ...others] = positionals
    if (others.length > 0) throw new UsageError('too many arguments')
    if (service === undefined && !write) throw new UsageError('missing argument <service>')
    if (stop && off) throw new UsageError('--break and --off exclude each other')
    const port = integer('--port', values.port, 1)
    const project = await projectOf(values, io)

    const print = (services: readonly (DebuggedService | DebuggableService)[]) => {
      const configurations = services.flatMap(
        (one) => serviceConfiguration(one, project.root) ?? [],
      )
      const tests = service === undefined ? runnersOf(project.root).map(testConfiguration) : []
      const written = write
        ? writeLaunchJson(project.root, [...configurations, ...tests])
        : undefined
      if (json) {
        const { file, written: isWritten } = written ?? {}
        const text = JSON.stringify({ services, ...(file && { file, written: isWritten }) })
        io.stdout.write(`${text}\n`)
        return
      }
      for (const one of services) if ('attach' in one) io.stdout.write(`${debuggedText(one)}\n`)
      if (written !== undefined)
        io.stdout.write(`${written.file} has ${written.names.join(', ') || 'no configuration'}\n`)
    }

    if (service === undefined) {
      print(await debuggableServices(project))
      return 0
    }
    const debugged = await debugService(project, service, {
      lane,
      run,
      port,
      debug: off ? 'off' : stop ? 'break' : 'on',
      // A program that waits goes on only when someone knows how to attach.
      onOpen: (one) => print([one]),
    })
    if (!off) return 0
    if (json) io.stdout.write(`${JSON.stringify({ services: [] })}\n`)
    else io.stdout.write(`${service} of ${debugged.lane} is not debugged\n`)
    return 0
  },
})
