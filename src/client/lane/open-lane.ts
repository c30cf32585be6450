import { attachText } from '../../debug/attach-text.ts'
import type { WaitOptions } from '../../define/handle.ts'
import type { Handles } from '../../define/handle-types.ts'
import type {
  ControlOptions,
  Lane,
  LeaseOptions,
  ListenOptions,
  ListenTarget,
  ResetOptions,
} from '../../define/lane.ts'
import type { AnyTopology, ServiceName } from '../../define/topology.ts'
import { projectRoot } from '../../disk/project-root.ts'
import { failureOf } from '../../errors/outcome.ts'
import type { KeptLane } from '../../model/kept-lane.ts'
import type { TopologySpec } from '../../model/service-spec.ts'
import type { LaneView } from '../../model/service-view.ts'
import type { TraceMode } from '../../model/trace-mode.ts'
import { isKeyed } from '../../model/value-kind.ts'
import type { ParamsOf } from '../../protocol/methods.ts'
import { type CheckedArguments, checkCall } from '../arguments/check-call.ts'
import { createServiceHandle } from '../handle/service-handle.ts'
import { originOf, parentOf, spanned } from '../record/call-span.ts'
import { noteClient } from '../record/note-client.ts'
import { inStep } from '../record/step-runner.ts'
import { openTestRecord, type TestRecord } from '../record/test-record.ts'
import { readTraceMode } from '../record/trace-setting.ts'
import { expectedWorkers } from '../session/expected-workers.ts'
import { runnerSlot } from '../session/runner-slot.ts'
import { acquireSession } from '../session/session-pool.ts'
import { compile } from './compile.ts'
import { readDebugSetting } from './debug-setting.ts'
import { LaneLink } from './lane-link.ts'
import { listenAt } from './listen.ts'
import { readLocalSetting } from './local-setting.ts'
import {
  addArguments,
  controlArguments,
  leaseArguments,
  listenArguments,
  removeArguments,
  resetArguments,
  serviceArguments,
  servicesArguments,
  stepArguments,
} from './method-arguments.ts'
import { openControl } from './open-control.ts'
import { secretsIn } from './secrets-in.ts'

/** A leased lane, with what only runner integrations need. */
export interface OpenLane<T extends AnyTopology> {
  /** The lane as tests use it. */
  readonly lane: Lane<T>
  /** Connection, views and record behind its handles. */
  readonly link: LaneLink
  /**
   * Keeps the lane as it is now, for people: it is neither reset nor removed after its release.
   *
   * @returns the lane; `undefined` if as many as allowed are kept already.
   */
  keep(request: KeepLane): Promise<(KeptLane & LaneView) | undefined>
  /** Makes a kept lane usable again. */
  unkeep(): Promise<void>
  /** Releases the lane; `deep` if a test may have left it in an unknown state. */
  release(dirty?: 'light' | 'deep'): Promise<void>
}

/** The failed test that a lane is kept for, and the limits. */
export type KeepLane = Omit<ParamsOf<'keepLane'>, 'lane'>

/** Options of {@link openLane}. */
export interface OpenLaneOptions<T extends AnyTopology> extends LeaseOptions<ServiceName<T>> {
  /** Name in `mesocosm ps`; default the name of the script. */
  readonly client?: string
  /** Record of the run that the lane writes to; it stays open. Default one of the lane's own, closed with the lane. */
  readonly record?: TestRecord
  /** What is kept of the run; `MESOCOSM_TRACE` comes before it. Default `on`, unless other clients say it. */
  readonly trace?: TraceMode
}

const resetTimeoutMs = 60_000

/** It may remove the lane of an earlier attempt first. */
const keepTimeoutMs = 60_000

/** The supervisor answers a release at once, but after calls of the lane that were given up. */
const releaseTimeoutMs = 30_000

/**
 * Leases a lane for a runner integration.
 *
 * @throws {MesocosmError} like `lease`.
 */
export const openLane = async <T extends AnyTopology>(
  topology: T,
  options: OpenLaneOptions<T> = {},
): Promise<OpenLane<T>> => {
  checkCall({ method: 'lease' }, leaseArguments(topology, options))
  const { record: given, trace: asked, ...shown } = options
  const trace = readTraceMode(process.env, asked)
  const local = readLocalSetting(process.env)
  const spec = await compile(topology)
  const { session, release: releaseSession } = await acquireSession(
    projectRoot(topology.root),
    options.client ?? clientName(),
  )
  let own: TestRecord | undefined
  const end = () => {
    own?.[Symbol.dispose]()
    releaseSession()
  }
  let link: LaneLink
  try {
    if (given === undefined) own = openTestRecord(session.facts)
    const record = given ?? (own as TestRecord)
    record.redactor.add(secretsIn(spec))
    noteClient(session, record, options.client ?? clientName())
    const { slot } = runnerSlot()
    const debug = readDebugSetting(process.env, spec)
    const view = await spanned(record, { method: 'lease', args: [topology.name, shown] }, () =>
      session.caller.call(
        'lease',
        {
          spec,
          ...(options.key === undefined ? {} : { key: options.key }),
          ...(slot === undefined ? {} : { slot }),
          ...(options.reset === undefined ? {} : { reset: options.reset }),
          ...(options.services === undefined ? {} : { services: options.services }),
          ...expectedWorkers(),
          ...(debug.length === 0 ? {} : { debug }),
          ...(local.length === 0 ? {} : { local }),
          ...(trace === undefined ? {} : { trace }),
        },
        {
          signal: options.signal,
          // The error of the supervisor comes first: it names the client that holds the lane.
          timeoutMs: options.timeoutMs,
          what: `the lease of ${String(topology.name)}`,
          from: originOf(record),
          late: ({ lane }) => {
            // If this fails, the connection has ended, which releases the lane as well.
            session.caller.call('release', { lane, dirty: 'deep' }).catch(() => {})
          },
        },
      ),
    )
    for (const one of view.debug ?? []) process.stderr.write(`mesocosm: ${attachText(one)}\n`)
    link = new LaneLink(session, record, view, { isKept: trace !== 'off' })
  } catch (error) {
    end()
    throw error
  }
  let releasing: Promise<void> | undefined
  const release = (dirty: 'light' | 'deep' = 'light') => {
    releasing ??= giveBack(link, dirty).finally(end)
    return releasing
  }
  const keep: OpenLane<T>['keep'] = async (request) => {
    const what = `keeping lane ${link.name}`
    const options = { timeoutMs: keepTimeoutMs, what }
    return (await link.call('keepLane', { lane: link.name, ...request }, options)) ?? undefined
  }
  const unkeep = async () => {
    await link.call('unkeepLane', { lane: link.name })
  }
  return { lane: createLane(topology, link, release), link, keep, unkeep, release }
}

/** Creates the lane as tests use it. */
export const createLane = <T extends AnyTopology>(
  topology: T,
  link: LaneLink,
  release: () => Promise<void>,
): Lane<T> => {
  const declared = topology.definition.services as Readonly<Record<string, object>>
  const services: Record<string, object> = {}
  for (const [name, definition] of Object.entries(declared))
    services[name] = createServiceHandle(link, name, definition, async () => {})
  const check = (method: string, args: CheckedArguments) =>
    checkCall({ method, lane: link.name }, args)
  const act = <R>(
    method: string,
    args: CheckedArguments,
    work: () => Promise<R>,
    shown: readonly unknown[] = Object.values(args).map(([value]) => value),
  ): Promise<R> =>
    link.act(method, { args: shown }, async () => {
      check(method, args)
      return work()
    })
  const remove: Lane<T>['remove'] = (name, wait) =>
    act('lane.remove', removeArguments(name, wait), async () => {
      await link.letGo([name])
      await link.change(
        'remove',
        { lane: link.name, service: name },
        { ...wait, what: `the removal of ${name}` },
      )
    })
  const add = async (name: string, node: object, wait: WaitOptions): Promise<object> => {
    const { root } = topology
    const spec = await compile({
      ...topology,
      root,
      definition: { name: topology.name, services: { [name]: node } },
    })
    const service = spec.services[name] as TopologySpec['services'][string]
    link.record.redactor.add(secretsIn(spec))
    await link.change(
      'add',
      { lane: link.name, name, service },
      {
        ...wait,
        what: `the start of ${name}`,
        late: () => link.undo('remove', { lane: link.name, service: name }),
      },
    )
    const handle = createServiceHandle(link, name, node, async () => {
      const { timeoutMs } = wait
      if (!link.released && link.view(name) !== undefined)
        await remove(name, timeoutMs === undefined ? {} : { timeoutMs })
    })
    link.added.set(name, handle)
    return handle
  }
  const lane = {
    name: link.name,
    services: services as Handles<T>,
    add: (name: string, node: object, wait: WaitOptions = {}) =>
      act('lane.add', addArguments(name, node, wait), () => add(name, node, wait), [name, wait]),
    remove,
    async step(title: string, use: () => unknown) {
      check('lane.step', stepArguments(title, use))
      const { record } = link
      const work = async () => {
        const span = record.events.span('step', { ...parentOf(record), l: link.name, title })
        const { span: parent, test } = record
        const ended = record.calls.beginStep({ id: span.id, parent, test, title })
        try {
          const result = await record.inside(span.id, use)
          span.end({})
          return result
        } catch (error) {
          span.end({ error: failureOf(error) })
          throw error
        } finally {
          ended()
        }
      }
      return await inStep(record, () => title, work)
    },
    reset: (options: ResetOptions = {}) =>
      act(
        'lane.reset',
        resetArguments(options),
        async () => {
          const { level = 'light', timeoutMs = resetTimeoutMs, signal } = options
          await link.letGo()
          await link.change(
            'reset',
            { lane: link.name, level },
            { signal, timeoutMs, what: `the reset of lane ${link.name}` },
          )
        },
        [{ level: 'light', ...options }],
      ),
    disconnect: (service: string, wait?: WaitOptions) =>
      act('lane.disconnect', serviceArguments(service, wait), () =>
        link.change(
          'attach',
          { lane: link.name, service, connected: false },
          { ...wait, what: `disconnecting ${service}` },
        ),
      ),
    connect: (service: string, wait?: WaitOptions) =>
      act('lane.connect', serviceArguments(service, wait), () =>
        link.change(
          'attach',
          { lane: link.name, service, connected: true },
          { ...wait, what: `connecting ${service}` },
        ),
      ),
    listen: (endpoint: string, target: ListenTarget, options?: ListenOptions) =>
      act(
        'lane.listen',
        listenArguments(endpoint, target, options),
        () => listenAt(link, endpoint, target, options),
        [endpoint, ...(options === undefined ? [] : [options])],
      ),
    control: (options: ControlOptions = {}) =>
      act('lane.control', controlArguments(options), () => openControl(link, topology, options)),
    start: (...args: unknown[]) => {
      const { services, wait } = startedServices(args)
      return act(
        'lane.start',
        servicesArguments(services, wait),
        () =>
          link.change(
            'start',
            {
              lane: link.name,
              ...(services.length === 0 ? {} : { services: services as readonly string[] }),
            },
            { ...(wait as WaitOptions | undefined), what: `the start of lane ${link.name}` },
          ),
        args,
      )
    },
    release: () => release(),
    [Symbol.asyncDispose]: () => release(),
  } as unknown as Lane<T>
  return lane
}

// ---

/** Options of a start come last; names are strings. */
const startedServices = (args: readonly unknown[]) => {
  const wait = args.at(-1)
  return isKeyed(wait) ? { services: args.slice(0, -1), wait } : { services: args, wait: undefined }
}

/** Releases the lane even if connections to its services could not be closed; it would stay held otherwise. */
const giveBack = async (link: LaneLink, dirty: 'light' | 'deep'): Promise<void> => {
  const letGo = await Promise.allSettled([link.letGo()])
  try {
    // The connection closes in any case, which returns the lane as well.
    await link.call(
      'release',
      { lane: link.name, dirty },
      { timeoutMs: releaseTimeoutMs, what: `the release of lane ${link.name}` },
    )
  } finally {
    link.released = true
  }
  for (const result of letGo) if (result.status === 'rejected') throw result.reason
}

const clientName = (): string => process.argv[1]?.split(/[\\/]/).slice(-1)[0] ?? 'node'
