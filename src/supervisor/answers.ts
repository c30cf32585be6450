import type { Lane } from '../engine/lane/lane.ts'
import type { RunEngine } from '../engine/run-engine.ts'
import { MesocosmError } from '../errors/mesocosm-error.ts'
import { failureOf } from '../errors/outcome.ts'
import type { EnvOverrides } from '../model/lane-change.ts'
import type { LaneView } from '../model/service-view.ts'
import type { MethodName, ParamsOf, ResultOf, RunFacts } from '../protocol/methods.ts'
import { validateTopology } from '../schema/validate.ts'
import type { Connection } from './connection.ts'
import type { LaneHolds } from './lane-holds.ts'
import type { Watchers } from './watchers.ts'

/** What answers need of the supervisor. */
export interface Answering {
  readonly engine: Promise<RunEngine>
  readonly holds: LaneHolds
  readonly watchers: Watchers
  readonly clients: () => readonly Connection[]
  readonly facts: () => Promise<RunFacts>
  readonly uptimeMs: () => number
  readonly keep: (keep: boolean) => void
  readonly end: (reason: string) => void
}

export type Answers = {
  [M in Exclude<MethodName, 'hello'>]: (
    params: ParamsOf<M>,
    signal: AbortSignal,
    connection: Connection,
  ) => Promise<ResultOf<M>>
}

/** The answer to every call but the greeting. */
export const createAnswers = (supervisor: Answering): Answers => {
  const { engine, holds, watchers } = supervisor

  /** A method on a held lane, which answers with the lane as it is afterwards. */
  const change =
    <P extends { readonly lane: string }>(act: (lane: Lane, params: P) => Promise<void>) =>
    async (params: P, _: AbortSignal, connection: Connection): Promise<LaneView> => {
      const lane = await holds.held(params.lane, connection)
      await act(lane, params)
      return viewOf(lane)
    }

  /** Writes down what a change did to a service's environment. */
  const noted = async <T>(
    lane: Lane,
    service: string,
    more: { readonly stacked?: boolean },
    act: () => Promise<T>,
  ): Promise<T> => {
    const before = lane.viewOf(service).env
    const result = await act()
    const diff = difference(before, lane.viewOf(service).env)
    const { events } = (await engine).context.record
    events.write('env.change', { l: lane.name, s: service, diff, ...more })
    return result
  }

  return {
    lease: async (params, signal, connection) => {
      const { key, slot, reset, services, timeoutMs } = params
      const spec = validateTopology(params.spec)
      const within =
        timeoutMs === undefined ? signal : AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)])
      const run = await engine
      const lane = await run.lease({ spec, key, slot, reset, signal: within })
      holds.hold(lane, connection)
      try {
        // The client may have gone, or given up, while it waited.
        assertWanted(signal)
        await lane.start(services)
        assertWanted(signal)
        return viewOf(lane)
      } catch (error) {
        await holds.giveBack(lane, connection, 'deep')
        throw error
      }
    },
    take: async ({ lane }, _, connection) => viewOf(await holds.take(lane, connection)),
    start: change((lane, { services }) => lane.start(services)),
    release: async ({ lane, dirty }, _, connection) => {
      await holds.giveBack(await holds.held(lane, connection), connection, dirty)
      return null
    },
    reset: change((lane, { level }) => lane.reset(level)),
    setEnv: async ({ lane: name, service, patch, stacked, dependents }, _, connection) => {
      const lane = await holds.held(name, connection)
      const { id } = await noted(lane, service, { stacked }, () =>
        lane.control.changeEnv(service, patch, { dependents }),
      )
      return { id, view: viewOf(lane) }
    },
    dropEnv: change((lane, { service, id, dependents }) =>
      noted(lane, service, {}, () => lane.control.dropEnv(service, id, { dependents })),
    ),
    restart: change((lane, { service, graceMs }) => lane.control.restart(service, graceMs)),
    stop: change((lane, { service, graceMs }) => lane.control.stop(service, graceMs)),
    startService: change((lane, { service }) => lane.control.startAgain(service)),
    kill: change((lane, { service, signal }) => lane.control.kill(service, signal)),
    pause: change((lane, { service, paused }) => lane.control.setPaused(service, paused)),
    link: change((lane, { service, connected }) => lane.control.setConnected(service, connected)),
    add: change(async (lane, { name, service }) => {
      await (await engine).add(lane, name, service)
    }),
    remove: change(async (lane, { service }) => {
      await lane.remove(service)
      ;(await engine).context.record.events.write('svc.remove', { l: lane.name, s: service })
    }),
    exec: async ({ lane: name, service, request, timeoutMs }, signal, connection) => {
      const lane = await holds.visible(name, connection)
      const { events } = (await engine).context.record
      const { stdin: _, ...shown } = request
      const span = events.span('exec', { l: name, s: service, ...shown })
      try {
        const result = await lane.exec(service, request, { timeoutMs, signal })
        span.end({ exit: result.exitCode, ms: result.durationMs, ...clipped(result) })
        return result
      } catch (error) {
        span.end({ error: failureOf(error) })
        throw error
      }
    },
    watchLogs: async ({ lane, service }, _, connection) => {
      const { logLane, logName } = (await holds.visible(lane, connection)).viewOf(service)
      watchers.watchLog(logLane, logName, connection)
      return null
    },
    ps: async () => ({
      ...(await supervisor.facts()),
      uptimeMs: supervisor.uptimeMs(),
      lanes: (await engine).lanes
        .all()
        .map(({ lane, held }) => ({ ...viewOf(lane), held, topology: lane.topology })),
      clients: supervisor.clients().map(({ client, pid }) => ({ client, pid })),
    }),
    plan: async ({ spec }) => {
      const text = await (await engine).plan(validateTopology(spec))
      return text === undefined ? {} : { text }
    },
    watch: async (_, __, connection) => {
      watchers.watchProgress(connection)
      return null
    },
    keep: async ({ keep }) => {
      supervisor.keep(keep)
      return null
    },
    // Never answered: the connection closes when everything is gone.
    down: () => {
      supervisor.end('down')
      return new Promise(() => {})
    },
  }
}

// ---

const viewOf = (lane: Lane): LaneView => ({ lane: lane.name, services: lane.view() })

const assertWanted = (signal: AbortSignal): void => {
  if (!signal.aborted) return
  throw new MesocosmError({ code: 'ABORTED', message: 'the client does not wait for it any more' })
}

/** What differs, each as before and after; `null` where it is not set. */
const difference = (before: EnvOverrides, after: EnvOverrides): Record<string, (string | null)[]> =>
  Object.fromEntries(
    [...new Set([...Object.keys(before), ...Object.keys(after)])]
      .filter((key) => before[key] !== after[key])
      .map((key) => [key, [before[key] ?? null, after[key] ?? null]]),
  )

/** Output up to this many characters goes into the event itself. */
const inlineOutput = 8 * 1024

const clipped = ({ stdout, stderr }: { readonly stdout: string; readonly stderr: string }) => ({
  stdout: stdout.slice(0, inlineOutput),
  stderr: stderr.slice(0, inlineOutput),
  ...(stdout.length > inlineOutput || stderr.length > inlineOutput ? { truncated: true } : {}),
})
