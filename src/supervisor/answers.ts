import { type Call, causeOf } from '../call/call.ts'
import type { Lane } from '../engine/lane/lane.ts'
import type { RunEngine } from '../engine/run/run-engine.ts'
import { failureOf } from '../errors/outcome.ts'
import { plainPatch, secretsInPatch } from '../model/lane-change.ts'
import type { LaneChange, MethodName, ParamsOf, ResultOf, RunFacts } from '../protocol/methods.ts'
import { validateTopology } from '../schema/validate.ts'
import { outputOf } from '../trace/write/exec-output.ts'
import type { Redactor } from '../trace/write/redact.ts'
import type { Connection } from './connection.ts'
import type { LaneHolds } from './lane-holds.ts'
import { ViewDiff } from './view-diff.ts'
import type { Watchers } from './watchers.ts'

/** What answers need of the supervisor. */
export interface Answering {
  readonly holds: LaneHolds
  readonly watchers: Watchers
  readonly clients: () => readonly Connection[]
  readonly facts: () => Promise<RunFacts>
  readonly uptimeMs: () => number
  /** Hides secrets in what people see. */
  readonly redactor: Redactor
  readonly keep: (keep: boolean) => void
  readonly end: (reason: string) => void
}

/** The call to answer, its connection, and the engine of the run. */
export interface Asked {
  readonly call: Call
  readonly connection: Connection
  readonly engine: RunEngine
}

/** One answer per method; the supervisor itself answers the greeting. */
export type Answers = {
  [M in Exclude<MethodName, 'challenge' | 'hello'>]: (
    params: ParamsOf<M>,
    asked: Asked,
  ) => Promise<ResultOf<M>> | ResultOf<M>
}

/** Creates the answers to all calls but the greeting. */
export const createAnswers = (supervisor: Answering): Answers => {
  const { holds, watchers } = supervisor
  const views = new ViewDiff()

  /** Returns a held lane, and records later events of it with the test that makes this call. */
  const held = (name: string, { engine, connection, call }: Asked): Lane => {
    const lane = holds.held(engine, name, connection)
    if (call.test !== undefined) lane.group.members.test = call.test
    return lane
  }

  /** Creates the answer to a method that changes a held lane: what has changed in it. */
  const change =
    <P extends { readonly lane: string; readonly service?: unknown }>(
      act: (lane: Lane, params: P, asked: Asked) => Promise<void>,
    ) =>
    async (params: P, asked: Asked): Promise<LaneChange> => {
      const lane = held(params.lane, asked)
      await act(lane, params, asked)
      const { service } = params
      return views.change(lane, typeof service === 'string' ? service : undefined)
    }

  return {
    lease: async ({ key, slot, reset, services, ...params }, { call, connection, engine }) => {
      const spec = validateTopology(params.spec)
      const lane = await engine.lease({ spec, key, slot, reset, call, signal: call.signal })
      holds.hold(lane, connection)
      try {
        // The client may have disconnected or given up while it waited.
        call.assertOpen()
        await lane.start(services, call)
        call.assertOpen()
        return { ...views.whole(lane), logsAfter: lane.logsAfter }
      } catch (error) {
        holds.giveBack(engine, lane, connection, 'deep', call)
        throw error
      }
    },
    take: ({ lane }, { engine, connection }) => views.whole(holds.take(engine, lane, connection)),
    start: change((lane, { services }, { call }) => lane.start(services, call)),
    release: ({ lane, dirty }, asked) => {
      const { engine, connection, call } = asked
      holds.giveBack(engine, held(lane, asked), connection, dirty, call)
      return null
    },
    reset: change((lane, { level }, { call }) => lane.reset(level, call)),
    baseline: async ({ lane }, asked) => {
      await held(lane, asked).baseline(asked.call)
      return null
    },
    images: async ({ spec, services }, { engine, call }) => {
      await engine.prepareImages(validateTopology(spec), services, call)
      return null
    },
    setEnv: async ({ lane: name, service, patch, ...options }, asked) => {
      const lane = held(name, asked)
      supervisor.redactor.add(secretsInPatch(patch))
      const { id } = await lane.control.changeEnv(service, plainPatch(patch), options, asked.call)
      return { id, view: views.change(lane, service) }
    },
    dropEnv: change((lane, { service, id, dependents }, { call }) =>
      lane.control.dropEnv(service, id, { dependents }, call),
    ),
    restart: change((lane, { service, graceMs }, { call }) =>
      lane.control.restart(service, graceMs, call),
    ),
    stop: change((lane, { service, graceMs }, { call }) =>
      lane.control.stop(service, graceMs, call),
    ),
    startService: change((lane, { service }, { call }) => lane.control.startAgain(service, call)),
    kill: change((lane, { service, signal }, { call }) => lane.control.kill(service, signal, call)),
    pause: change((lane, { service, paused }, { call }) =>
      lane.control.setPaused(service, paused, call),
    ),
    attach: change((lane, { service, connected }, { call }) =>
      lane.control.setConnected(service, connected, call),
    ),
    add: change((lane, { name, service }, { engine, call }) =>
      engine.add(lane, name, service, call),
    ),
    remove: change(async (lane, { service }, { engine, call }) => {
      await lane.remove(service, call)
      const { events } = engine.context.record
      events.write('svc.remove', { ...causeOf(call), l: lane.name, s: service })
    }),
    exec: async ({ lane: name, service, request, timeoutMs }, { call, connection, engine }) => {
      const lane = holds.visible(engine, name, connection)
      const { record } = engine.context
      const { stdin: _, ...shown } = request
      const span = record.events.span('exec', { ...causeOf(call), l: name, s: service, ...shown })
      try {
        const result = await lane.exec(service, request, { timeoutMs, signal: call.signal })
        span.end({ exit: result.exitCode, ms: result.durationMs, ...outputOf(record, result) })
        return result
      } catch (error) {
        span.end({ error: failureOf(error) })
        throw error
      }
    },
    watchLogs: ({ lane, service }, { connection, engine }) => {
      const { logLane, logName } = holds.visible(engine, lane, connection).logOf(service)
      watchers.watchLog(logLane, logName, connection)
      return null
    },
    ps: async (_, { engine }) => {
      const { fault } = engine.context.record
      return supervisor.redactor.value({
        ...(await supervisor.facts()),
        uptimeMs: supervisor.uptimeMs(),
        lanes: engine.lanes.all().map(({ lane, held }) => ({
          lane: lane.name,
          services: lane.view(),
          held,
          topology: lane.topology,
        })),
        images: engine.context.images.current(),
        clients: supervisor.clients().map(({ client, pid }) => ({ client, pid })),
        ...(fault === undefined ? {} : { recordFault: fault }),
      })
    },
    plan: async ({ spec }, { engine }) => {
      const text = await engine.plan(validateTopology(spec))
      return text === undefined ? {} : { text }
    },
    watch: (_, { connection }) => {
      watchers.watchProgress(connection)
      return null
    },
    keep: ({ keep }) => {
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
