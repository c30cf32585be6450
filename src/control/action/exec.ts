import { execRecorded } from '../../engine/run/exec-recorded.ts'
import { own } from '../../model/record.ts'
import { commandArgv } from '../commands.ts'
import { type Route, route } from '../route.ts'
import { execAnswer, execBody } from '../schema/service.ts'
import { nameIn } from './services.ts'

const defaultTimeoutMs = 30_000

/** How long the engine may take to kill a program after its timeout, and to return its output. */
const killMs = 8_000

/** The route that runs programs in services. */
export const execRoutes: readonly Route[] = [
  route({
    id: 'exec',
    method: 'POST',
    path: '/v1/services/{name}/exec',
    summary:
      'Runs a program in a running service and answers when it has ended, whatever its exit code.',
    body: execBody,
    success: { status: 200, schema: execAnswer },
    handle: async ({ session, signal, params, body }) => {
      const { lane, engine, commands } = session
      const service = nameIn(params)
      const { argv, command, args = [], timeoutMs = defaultTimeoutMs, ...rest } = body
      // An unknown service is the better error than an unknown command of it.
      lane.viewOf(service)
      const act =
        command === undefined
          ? { method: 'run', args: [argv, rest] }
          : { method: `exec.${command}`, args }
      const what = `${command ?? argv?.[0] ?? 'a program'} in ${service}`
      const result = await session.act(
        { ...act, service, what, timeoutMs: timeoutMs + killMs },
        signal,
        (call) => {
          const program =
            command === undefined
              ? (argv ?? [])
              : commandArgv(service, { command, args }, own(commands, service))
          const request = { argv: program, ...defined(rest) }
          return execRecorded(engine.context, lane, service, request, { call, timeoutMs })
        },
      )
      return { status: 200, json: result }
    },
  }),
]

// ---

const defined = <T extends object>(fields: T) =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    readonly [K in keyof T]?: Exclude<T[K], undefined>
  }
