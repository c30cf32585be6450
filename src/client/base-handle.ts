import type { EnvPatch } from '../define/env-patch.ts'
import type {
  BaseHandle,
  EnvOptions,
  RunOptions,
  ServiceLogs,
  StopOptions,
  WaitOptions,
} from '../define/handle.ts'
import { attachSecondary } from '../errors/attach-secondary.ts'
import { MesocosmError } from '../errors/mesocosm-error.ts'
import type { EnvOverrides } from '../model/lane-change.ts'
import type { LaneLink } from './lane-link.ts'
import { createServiceLogs } from './service-logs.ts'

const defaultRunTimeoutMs = 30_000

/** The part of a handle that is the same for all services. */
export const createBaseHandle = (
  link: LaneLink,
  service: string,
  onDispose: () => Promise<void>,
): BaseHandle<EnvPatch> => {
  const at = { lane: link.name, service }
  let logs: ServiceLogs | undefined
  const setEnv = async (env: EnvPatch, stacked: boolean, options: EnvOptions = {}) => {
    await link.letGo([service])
    const dependents = options.restart === 'dependents'
    const { id, view } = await link.call(
      'setEnv',
      { ...at, patch: onWire(env), stacked, dependents },
      {
        ...waiting(options, `the change of ${service}'s environment`),
        // The caller was told that it failed, so it must not stay.
        late: ({ id }) => link.undo('dropEnv', { ...at, id, dependents }),
      },
    )
    link.see(view)
    return async () => {
      // The end of a released lane has put everything back already.
      if (link.released) return
      await link.letGo([service])
      await link.change('dropEnv', { ...at, id, dependents })
    }
  }
  const act = async (work: () => Promise<void>) => {
    await link.letGo([service])
    await work()
  }
  async function withEnv(env: EnvPatch, options?: EnvOptions): Promise<AsyncDisposable>
  async function withEnv<T>(
    env: EnvPatch,
    use: () => T | Promise<T>,
    options?: EnvOptions,
  ): Promise<T>
  async function withEnv<T>(
    env: EnvPatch,
    useOrOptions?: EnvOptions | (() => T | Promise<T>),
    options?: EnvOptions,
  ): Promise<T | AsyncDisposable> {
    if (typeof useOrOptions !== 'function') {
      const undo = await setEnv(env, true, useOrOptions)
      let undone = false
      return {
        async [Symbol.asyncDispose]() {
          if (!undone) await undo()
          undone = true
        },
      }
    }
    const undo = await setEnv(env, true, options)
    let result: T
    try {
      result = await useOrOptions()
    } catch (error) {
      // What the test says counts; a failure on the way back is kept beside it.
      await undo().catch((second: unknown) => attachSecondary(error, second))
      throw error
    }
    await undo()
    return result
  }
  const first = (output: 'host' | 'port'): string => {
    const value = link.view(service)?.outputs[output]
    if (value !== undefined) return value
    throw notStarted(link, service, output)
  }
  return {
    name: service,
    get host() {
      return first('host')
    },
    get port() {
      return Number(first('port'))
    },
    get logs() {
      logs ??= logsOf(link, service)
      return logs
    },
    run: (argv, { timeoutMs = defaultRunTimeoutMs, signal, ...rest }: RunOptions = {}) =>
      link.call('exec', { ...at, request: { argv, ...rest }, timeoutMs }, { signal }),
    withEnv,
    async setEnv(env, options) {
      await setEnv(env, false, options)
    },
    restart: (options: StopOptions = {}) =>
      act(() =>
        link.change(
          'restart',
          { ...at, ...grace(options) },
          waiting(options, `the restart of ${service}`),
        ),
      ),
    stop: (options: StopOptions = {}) =>
      act(() =>
        link.change(
          'stop',
          { ...at, ...grace(options) },
          waiting(options, `the stop of ${service}`),
        ),
      ),
    start: (options: WaitOptions = {}) =>
      link.change('startService', at, waiting(options, `the start of ${service}`)),
    kill: (signal = 'SIGKILL') => act(() => link.change('kill', { ...at, signal })),
    pause: () => link.change('pause', { ...at, paused: true }),
    unpause: () => link.change('pause', { ...at, paused: false }),
    [Symbol.asyncDispose]: onDispose,
  }
}

export const notStarted = (link: LaneLink, service: string, output: string) =>
  new MesocosmError({
    code: 'SERVICE_NOT_STARTED',
    message: `${service}.${output} is not known: ${
      link.view(service)?.state === 'unstarted'
        ? `${service} was not started in lane ${link.name}`
        : 'the service has no such port'
    }`,
    remedy: `start it with lane.start('${service}'), or declare the port`,
    facts: { service, lane: link.name, output },
  })

const logsOf = (link: LaneLink, service: string): ServiceLogs => {
  const { caller } = link.session
  const source = {
    service,
    folder: link.logFolder,
    since: link.since,
    // A server that lanes share has its place only once it was started.
    get lane() {
      return link.view(service)?.logLane ?? link.name
    },
    get name() {
      return link.view(service)?.logName ?? service
    },
    get gone() {
      return caller.gone
    },
    onWritten: async (listener: () => void) => {
      const parts = [
        caller.on('log', (log) => {
          if (log.lane === source.lane && log.service === source.name) listener()
        }),
        caller.onGone(listener),
        caller.hold(),
      ]
      const end = () => {
        for (const part of parts) part[Symbol.dispose]()
      }
      // Asked each time: which log it is may have changed. The supervisor keeps one watch a connection.
      await link.call('watchLogs', { lane: link.name, service }).catch((error: unknown) => {
        end()
        throw error
      })
      return { [Symbol.dispose]: end }
    },
  }
  return createServiceLogs(source)
}

const onWire = (env: EnvPatch): EnvOverrides =>
  Object.fromEntries(
    Object.entries(env).map(([key, value]) => [
      key,
      value === undefined || value === null ? null : String(value),
    ]),
  )

const grace = ({ graceMs }: StopOptions) => (graceMs === undefined ? {} : { graceMs })

const waiting = ({ signal, timeoutMs }: WaitOptions, what: string) => ({ signal, timeoutMs, what })
