import type { DebugOptions } from '../../define/debug.ts'
import type { EnvPatch } from '../../define/env-patch.ts'
import { expectations } from '../../define/expectations.ts'
import type {
  BaseHandle,
  EnvOptions,
  RunOptions,
  ServiceLogs,
  StopOptions,
  WaitOptions,
} from '../../define/handle.ts'
import { scoped } from '../../define/scoped.ts'
import { MesocosmError } from '../../errors/mesocosm-error.ts'
import type { ExecResult } from '../../model/exec.ts'
import { type MarkedOverrides, secretsInPatch } from '../../model/lane-change.ts'
import { isSecretPart } from '../../model/template.ts'
import { type CheckedArguments, checkCall } from '../arguments/check-call.ts'
import type { LaneLink } from '../lane/lane-link.ts'
import { debugService } from './debug-service.ts'
import { logExpectations } from './log-expectations.ts'
import {
  debugArguments,
  envArguments,
  followArguments,
  killArguments,
  logWaitArguments,
  runArguments,
  stopArguments,
  waitArguments,
} from './method-arguments.ts'
import { recordedExpectations } from './recorded-expectations.ts'
import { createServiceLogs } from './service-logs.ts'
import { createSwap } from './swap-method.ts'

const defaultRunTimeoutMs = 30_000

/** How long the supervisor may take to kill a program after its timeout, and to return its output. */
const killMs = 8_000

/** The part of a handle that is the same for all services. */
export const createBaseHandle = (
  link: LaneLink,
  service: string,
  onDispose: () => Promise<void>,
): BaseHandle<EnvPatch> => {
  const at = { lane: link.name, service }
  let logs: ServiceLogs | undefined
  /** Runs a method as a span; its arguments are checked before anything else happens. */
  const act = <T>(method: string, args: CheckedArguments, work: () => Promise<T>): Promise<T> =>
    link.act(method, { service, args: Object.values(args).map(([value]) => value) }, async () => {
      checkCall({ ...at, method: `${service}.${method}` }, args)
      return work()
    })
  const setEnv = async (env: EnvPatch, stacked: boolean, options: EnvOptions = {}) => {
    await link.letGo([service])
    const dependents = options.restart === 'dependents'
    const { id, view } = await link.call(
      'setEnv',
      { ...at, patch: onWire(env), stacked, dependents },
      {
        ...waiting(options, `the change of ${service}'s environment`),
        // The caller got an error, so undo the change.
        late: ({ id }) => link.undo('dropEnv', { ...at, id, dependents }),
      },
    )
    link.see(view)
    return async () => {
      // The release of the lane has already restored everything.
      if (link.released) return
      await act('withEnv.restore', {}, async () => {
        await link.letGo([service])
        // A caller who aborts the change wants it undone.
        const { timeoutMs } = options
        await link.change(
          'dropEnv',
          { ...at, id, dependents },
          waiting(timeoutMs === undefined ? {} : { timeoutMs }, `the restore of ${service}`),
        )
      })
    }
  }
  /** Closes connections to the service first, since it stops answering. */
  const closing = (method: string, args: CheckedArguments, work: () => Promise<void>) =>
    act(method, args, async () => {
      await link.letGo([service])
      await work()
    })
  /** Records a change of the environment; its secrets must be known before its arguments are written. */
  const actOnEnv = <T>(
    method: string,
    env: EnvPatch,
    options: EnvOptions | undefined,
    work: () => Promise<T>,
  ): Promise<T> => {
    link.record.redactor.add(secretsInPatch(env))
    return act(method, envArguments(env, options), work)
  }
  const withEnv = scoped((env: EnvPatch, options?: EnvOptions) =>
    actOnEnv('withEnv', env, options, () => setEnv(env, true, options)),
  )
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
    run: (argv, options) =>
      act('run', runArguments(argv, options), () => runIn(link, service, argv, options)),
    withEnv,
    setEnv: (env, options) =>
      actOnEnv('setEnv', env, options, async () => {
        await setEnv(env, false, options)
      }),
    debug: (options: DebugOptions = {}) =>
      act('debug', debugArguments(options), async () => {
        // It may be created again.
        await link.letGo([service])
        return debugService(link, service, options, (work) => act('debug.end', {}, work))
      }),
    swap: createSwap(link, service, act),
    restart: (options: StopOptions = {}) =>
      closing('restart', stopArguments(options), () =>
        link.change(
          'restart',
          { ...at, ...grace(options) },
          waiting(options, `the restart of ${service}`),
        ),
      ),
    stop: (options: StopOptions = {}) =>
      closing('stop', stopArguments(options), () =>
        link.change(
          'stop',
          { ...at, ...grace(options) },
          waiting(options, `the stop of ${service}`),
        ),
      ),
    start: (options: WaitOptions = {}) =>
      act('start', waitArguments(options), () =>
        link.change('startService', at, waiting(options, `the start of ${service}`)),
      ),
    kill: (signal = 'SIGKILL', options: WaitOptions = {}) =>
      closing('kill', killArguments(signal, options), () =>
        link.change('kill', { ...at, signal }, waiting(options, `the kill of ${service}`)),
      ),
    pause: (options: WaitOptions = {}) =>
      act('pause', waitArguments(options), () =>
        link.change('pause', { ...at, paused: true }, waiting(options, `the pause of ${service}`)),
      ),
    unpause: (options: WaitOptions = {}) =>
      act('unpause', waitArguments(options), () =>
        link.change(
          'pause',
          { ...at, paused: false },
          waiting(options, `the unpause of ${service}`),
        ),
      ),
    [Symbol.asyncDispose]: onDispose,
  }
}

/** Runs a program in a service; the caller has opened the span. */
export const runIn = (
  link: LaneLink,
  service: string,
  argv: readonly string[],
  { timeoutMs = defaultRunTimeoutMs, signal, ...rest }: RunOptions = {},
): Promise<ExecResult> =>
  link.call(
    'exec',
    { lane: link.name, service, request: { argv, ...rest }, timeoutMs },
    { signal, giveUpMs: timeoutMs + killMs, what: `${argv[0] ?? 'a program'} in ${service}` },
  )

/** Returns the error for an output that has no value, because the service was not started or has no such port. */
export const notStarted = (link: LaneLink, service: string, output: string) => {
  const { state, exitCode } = link.view(service) ?? {}
  const { why, remedy } =
    state === undefined
      ? {
          why: `lane ${link.name} has no ${service} any more`,
          remedy: 'add it again with lane.add',
        }
      : state === 'unstarted'
        ? {
            why: `${service} was not started in lane ${link.name}`,
            remedy: `start it with lane.start('${service}')`,
          }
        : exitCode !== undefined
          ? {
              why: `${service} exited with code ${exitCode}`,
              remedy: `read ${service}.logs.text() for the reason; ${service}.start() starts it again`,
            }
          : { why: 'the service has no such port', remedy: 'declare the port under `ports`' }
  return new MesocosmError({
    code: 'SERVICE_NOT_STARTED',
    message: `${service}.${output} is not known: ${why}`,
    remedy,
    facts: { service, lane: link.name, output, ...(exitCode === undefined ? {} : { exitCode }) },
  })
}

const logsOf = (link: LaneLink, service: string): ServiceLogs => {
  const { caller } = link.session
  const source = {
    service,
    folder: link.logFolder,
    after: link.after,
    get fault() {
      return link.recordFault
    },
    // A shared server has its own log only after its first start.
    get lane() {
      return link.view(service)?.logLane ?? link.name
    },
    get name() {
      return link.view(service)?.logName ?? service
    },
    get gone() {
      return caller.gone
    },
    onWritten: async (listener: () => void, signal?: AbortSignal) => {
      const parts = [
        caller.on('log', (log) => {
          if (log.fault !== undefined) link.recordFault = log.fault
          if (log.lane === source.lane && log.service === source.name) listener()
        }),
        caller.onGone(listener),
        caller.hold(),
      ]
      const end = () => {
        for (const part of parts) part[Symbol.dispose]()
      }
      // Watch each time, since the log may be another one now; the supervisor keeps one watch per connection.
      const watching = link.call('watchLogs', { lane: link.name, service }, { signal })
      await watching.catch((error: unknown) => {
        end()
        throw error
      })
      return { [Symbol.dispose]: end }
    },
  }
  const logs = createServiceLogs(source)
  return {
    text: logs.text,
    lines: logs.lines,
    clear: logs.clear,
    waitFor: (pattern, options) =>
      link.act('logs.waitFor', { service, args: [pattern, options] }, async () => {
        checkCall(
          { lane: link.name, service, method: `${service}.logs.waitFor` },
          logWaitArguments(pattern, options),
        )
        return logs.waitFor(pattern, options)
      }),
    follow: (options) => {
      checkCall(
        { lane: link.name, service, method: `${service}.logs.follow` },
        followArguments(options),
      )
      return logs.follow(options)
    },
    [expectations]: recordedExpectations(link, service, logExpectations(service, logs)),
  }
}

const onWire = (env: EnvPatch): MarkedOverrides =>
  Object.fromEntries(
    Object.entries(env).map(([key, value]) => [
      key,
      value === undefined ? null : isSecretPart(value) ? { secret: value.secret } : String(value),
    ]),
  )

const grace = ({ graceMs }: StopOptions) => (graceMs === undefined ? {} : { graceMs })

const waiting = ({ signal, timeoutMs }: WaitOptions, what: string) => ({ signal, timeoutMs, what })
