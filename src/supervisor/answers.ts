import type { Call } from '../call/call.ts'
import type { PooledLane } from '../engine/lane/choose-lane.ts'
import type { Lane } from '../engine/lane/lane.ts'
import { execRecorded } from '../engine/run/exec-recorded.ts'
import type { RunEngine } from '../engine/run/run-engine.ts'
import { plainPatch, secretsInPatch } from '../model/lane-change.ts'
import type { TraceMode } from '../model/trace-mode.ts'
import type {
  LaneChange,
  MethodName,
  ParamsOf,
  ResultOf,
  RunFacts,
  RunLane,
} from '../protocol/methods.ts'
import { validateTopology } from '../schema/validate.ts'
import type { Redactor } from '../trace/write/redact.ts'
import type { Connection } from './connection.ts'
import type { KeptLanes } from './kept-lanes.ts'
import type { LaneControls } from './lane-controls.ts'
import type { LaneHolds } from './lane-holds.ts'
import type { LiveReport } from './live-report.ts'
import { ViewDiff } from './view-diff.ts'
import type { Watchers } from './watchers.ts'

/** What answers need of the supervisor. */
export interface Answering {
  readonly holds: LaneHolds
  readonly watchers: Watchers
  readonly kept: KeptLanes
  readonly controls: LaneControls
  readonly liveReport: LiveReport
  readonly clients: () => readonly Connection[]
  /** Whether a client that is not an observer is connected. */
  readonly inUse: () => boolean
  readonly facts: () => Promise<RunFacts>
  readonly uptimeMs: () => number
  /** Hides secrets in what people see. */
  readonly redactor: Redactor
  readonly keep: (keep: boolean) => void
  /** A client uses the run, and wants this to be kept of it. */
  readonly used: (trace: TraceMode | undefined) => void
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
  [M in Exclude<MethodName, 'challenge' | 'hello' | 'beat'>]: (
    params: ParamsOf<M>,
    asked: Asked,
  ) => Promise<ResultOf<M>> | ResultOf<M>
}

/** Creates the answers to all calls but the greeting. */
export const createAnswers = (supervisor: Answering): Answers => {
  const { holds, watchers, kept, controls } = supervisor
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
    lease: async (
      { key, slot, reset, services, workers, maxWorkers, local, debug = [], trace, ...params },
      { call, connection, engine },
    ) => {
      const spec = validateTopology(params.spec)
      supervisor.used(trace)
      const lane = await engine.lease({ spec, key, slot, reset, local, call, signal: call.signal })
      holds.hold(lane, connection)
      try {
        // The client may have disconnected or given up while it waited.
        call.assertOpen()
        const announced = await lane.debug.lease(debug, call)
        await lane.start(services, call)
        await lane.debug.leaseShared(debug, lane.control, call)
        call.assertOpen()
        engine.ahead.used(lane, { workers, maxWorkers })
        return {
          ...views.whole(lane),
          logsAfter: lane.logsAfter,
          ...(announced.length === 0 ? {} : { debug: announced }),
        }
      } catch (error) {
        holds.giveBack(engine, lane, connection, 'deep', call)
        throw error
      }
    },
    take: ({ lane }, { engine, connection }) => views.whole(holds.take(engine, lane, connection)),
    start: change(async (lane, { services }, { call, engine }) => {
      await lane.start(services, call)
      engine.ahead.used(lane)
    }),
    release: async ({ lane: name, dirty }, asked) => {
      const { engine, connection, call } = asked
      const lane = held(name, asked)
      await controls.close(lane)
      holds.giveBack(engine, lane, connection, dirty, call)
      return null
    },
    reset: change((lane, { level }, { call }) => lane.reset(level, call)),
    keepLane: async ({ lane: name, ...params }, asked) => {
      const lane = held(name, asked)
      const facts = await kept.keep(asked.engine, lane, params, asked.call)
      if (facts === undefined) return null
      return supervisor.redactor.value({ ...facts, lane: name, services: lane.view() })
    },
    unkeepLane: ({ lane }, asked) => {
      kept.unkeep(asked.engine, held(lane, asked))
      return null
    },
    removeKept: ({ lanes }, { engine }) => kept.remove(engine, lanes),
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
    debugPort: ({ lane, service, port }, { call, connection, engine }) =>
      holds.visible(engine, lane, connection).debug.port(service, port, call),
    debug: async ({ lane: name, service, ...request }, asked) => {
      const lane = held(name, asked)
      const id = lane.debug.nextCall()
      await lane.control.debug(service, `call ${id}`, request, asked.call)
      return { id, view: views.change(lane, service) }
    },
    endDebug: change((lane, { service, id }, { call }) =>
      lane.control.endDebug(service, `call ${id}`, call),
    ),
    debugForRun: async ({ lane: name, service, debug }, { call, connection, engine }) => {
      const { control } = holds.visible(engine, name, connection)
      if (debug === 'off') await control.endDebug(service, 'person', call)
      else await control.debug(service, 'person', { break: debug === 'break' }, call)
      return null
    },
    swap: async ({ lane: name, service, ...request }, asked) => {
      const lane = held(name, asked)
      const { id } = await lane.control.swap(service, request, asked.call)
      return { id, view: views.change(lane, service) }
    },
    unswap: change((lane, { service, id }, { call }) => lane.control.dropSwap(service, id, call)),
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
    remove: change((lane, { service }, { engine, call }) => engine.remove(lane, service, call)),
    listen: async ({ lane, ...request }, asked) =>
      held(lane, asked).endpoints.listen(request, asked.call),
    unlisten: async ({ lane, id }, asked) => {
      await held(lane, asked).endpoints.unlisten(id)
      return null
    },
    command: ({ lane, request }, asked) => held(lane, asked).commands.create(request, asked.call),
    control: ({ lane, ...request }, asked) =>
      controls.open(asked.engine, held(lane, asked), request, asked.call),
    exec: async ({ lane: name, service, request, timeoutMs }, { call, connection, engine }) => {
      const lane = holds.visible(engine, name, connection)
      return execRecorded(engine.context, lane, service, request, { call, timeoutMs })
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
        inUse: supervisor.inUse(),
        lanes: engine.lanes.all().map((pooled) => runLane(pooled, holds)),
        images: engine.context.images.current(),
        clients: supervisor.clients().map(({ client, pid }) => ({ client, pid })),
        ...(fault === undefined ? {} : { recordFault: fault }),
      })
    },
    report: async (_, { engine }) => ({
      address: await supervisor.liveReport.addressOf(engine.context.record.folder),
    }),
    plan: async ({ spec }, { engine }) => {
      const text = await engine.plan(validateTopology(spec))
      return text === undefined ? {} : { text }
    },
    watch: (_, { connection }) => {
      watchers.watchProgress(connection)
      return null
    },
    watchWarnings: (_, { connection }) => {
      watchers.watchWarnings(connection)
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

// ---

const runLane = ({ lane, held, used, kept, since }: PooledLane, holds: LaneHolds): RunLane => {
  const { client, pid } = holds.ownerOf(lane) ?? {}
  return {
    lane: lane.name,
    services: lane.view(),
    held,
    topology: lane.topology,
    state: kept !== undefined ? 'kept' : held ? 'leased' : used ? 'free' : 'ahead',
    since: Math.round(since),
    ...(client === undefined || pid === undefined ? {} : { client: { client, pid } }),
    ...(kept === undefined ? {} : { kept }),
  }
}
