import { type Call, causeOf } from '../../call/call.ts'
import { timedOut } from '../../call/deadline.ts'
import { settledWithinRealTime } from '../../call/pause.ts'
import { raced } from '../../call/with-timeout.ts'
import { MesocosmError } from '../../errors/mesocosm-error.ts'
import { messageOf } from '../../errors/unknown-error.ts'
import { closure } from '../../graph/order.ts'
import type { KeptLane } from '../../model/kept-lane.ts'
import type { ResetDepth } from '../../model/lane-change.ts'
import type { ServiceSpec, TopologySpec } from '../../model/service-spec.ts'
import { secretsOf } from '../../plan/outputs.ts'
import { renderPlan } from '../../plan/render.ts'
import type { Inventory, ResourceKind } from '../../runtime/inventory.ts'
import { label } from '../../runtime/labels.ts'
import type { Runtime } from '../../runtime/runtime.ts'
import type { Redactor } from '../../trace/write/redact.ts'
import { Lane } from '../lane/lane.ts'
import { throwFirst } from '../lane/lane-errors.ts'
import { type LaneMaking, LanePool, type LaneRequest } from '../lane/lane-pool.ts'
import { LaneSpec } from '../lane/lane-spec.ts'
import { LanesAhead } from '../lane/lanes-ahead.ts'
import { assertLocal } from '../lane/local-program.ts'
import { SharedServers } from '../share/shared-servers.ts'
import type { EngineContext } from './context.ts'
import { createTopologyNotes, recordedService, type TopologyNotes } from './recorded-topology.ts'
import { defaultWaits } from './waits.ts'

/** The lanes of one run, the servers that they share, and their removal. */
export class RunEngine implements AsyncDisposable {
  readonly context: EngineContext
  readonly lanes: LanePool
  readonly ahead: LanesAhead
  readonly #redactor: Redactor
  readonly #shared = new Map<string, SharedServers>()
  readonly #topologies: TopologyNotes
  #watch: AsyncDisposable | undefined
  #gone: MesocosmError | undefined

  constructor(context: EngineContext, redactor: Redactor) {
    this.context = context
    this.#redactor = redactor
    this.#topologies = createTopologyNotes(context.record.events)
    this.lanes = new LanePool((name, making) => this.#makeLane(name, making))
    this.ahead = new LanesAhead(context, this.lanes)
  }

  /** Follows the engine's events; call once before the first lane. */
  async watch(onGone: (error: MesocosmError) => void): Promise<void> {
    this.#watch = await this.context.runtime.watch({ [label.run]: this.context.run }, (event) => {
      if (event.kind === 'engine-gone') {
        this.#gone = engineGone(event.reason)
        onGone(this.#gone)
        return
      }
      for (const shared of this.#shared.values()) shared.group.onEvent(event)
      for (const { lane } of this.lanes.all()) lane.group.onEvent(event)
    })
  }

  /** Returns a lane in declared state; its services start with `lane.start`. */
  async lease(
    request: LaneRequest & {
      readonly reset: ResetDepth | 'none' | undefined
      readonly call: Call
      /** Services that run as processes of this machine during the lease. Default none. */
      readonly local?: readonly string[] | undefined
    },
  ): Promise<Lane> {
    if (this.#gone !== undefined) throw this.#gone
    assertLocal(request.spec, request.local ?? [])
    this.#redactor.add(secretsOf(request.spec))
    this.#topologies.note(request.spec)
    for (;;) {
      const lane = await this.lanes.acquire(request)
      lane.debug.arrive()
      lane.setLocal(request.local ?? [], request.call)
      if ((await this.#made(lane, request.call)) && (await this.#restore(lane, request))) {
        this.context.progress({ kind: 'lane', lane: lane.name, state: 'leased' })
        return lane
      }
      // A lane whose data cannot be made again costs this lease some time, and no other lease anything.
      await this.end(lane).catch((error: unknown) => this.#noteEnd(lane, error, request.call))
      this.lanes.forget(lane)
    }
  }

  /** Pulls or builds the images of these services (default all) and of all they need. */
  async prepareImages(
    declared: TopologySpec,
    services: readonly string[] | undefined,
    call: Call,
  ): Promise<void> {
    this.#redactor.add(secretsOf(declared))
    const spec = new LaneSpec(this.context, declared)
    for (const name of services ?? []) spec.known(name)
    const needed = closure(spec.graph, services ?? Object.keys(declared.services))
    await raced(call, async () => throwFirst(await spec.resolve(needed), needed))
  }

  /** Returns what a lease of this topology would do, as text; `undefined` if it would create a lane. */
  async plan(spec: TopologySpec): Promise<string | undefined> {
    this.#redactor.add(secretsOf(spec))
    const lane = this.lanes.takeLikely({ spec, key: undefined, slot: undefined })
    if (lane === undefined) return undefined
    try {
      const plans = (await lane.plan(spec)).filter(({ steps }) => steps.length > 0)
      if (plans.length === 0) return 'nothing to do'
      const text = plans.map((plan) => `${plan.group}\n${renderPlan(plan)}`).join('\n')
      return this.#redactor.text(text)
    } finally {
      this.lanes.putBack(lane)
    }
  }

  /** Adds a service to a held lane; its secrets stay out of the record. */
  async add(lane: Lane, name: string, service: ServiceSpec, call: Call): Promise<void> {
    this.#redactor.add(secretsOf({ services: { [name]: service } }))
    await lane.add(name, service, call)
    this.context.record.events.write('svc.add', {
      ...causeOf(call),
      l: lane.name,
      s: name,
      service: recordedService(lane.spec, name),
    })
  }

  /** Removes an added service from a held lane. */
  async remove(lane: Lane, name: string, call: Call): Promise<void> {
    await lane.remove(name, call)
    this.context.record.events.write('svc.remove', {
      ...causeOf(call),
      l: lane.name,
      s: name,
      cause: 'test',
    })
  }

  release(lane: Lane, dirty: ResetDepth, call?: Call): void {
    lane.group.members.test = undefined
    void lane.noteEdges()
    // The next client can lease the lane meanwhile: its own listener waits for the port.
    void lane.endpoints.closeAll()
    void lane.commands.closeAll().catch((error: unknown) => this.#noteLeft(lane, error))
    void lane.door.close().catch((error: unknown) => this.#noteDoor(lane, error))
    this.context.record.events.write('lane.release', {
      ...(call === undefined ? {} : causeOf(call)),
      l: lane.name,
      dirty,
    })
    this.context.progress({ kind: 'lane', lane: lane.name, state: 'released' })
    this.#free(lane, dirty)
  }

  /** Keeps a held lane as it is: no lease gets it, and nothing resets it. Services run on. */
  keep(lane: Lane, kept: KeptLane, call: Call): void {
    const { test, until } = kept
    this.context.record.events.write('lane.keep', { ...causeOf(call), l: lane.name, test, until })
    this.context.progress({ kind: 'lane', lane: lane.name, state: 'kept' })
    this.lanes.setKept(lane, kept)
  }

  /** Ends one lane that is not held. */
  async end(lane: Lane): Promise<void> {
    await lane.end({ serversEndToo: false })
    this.lanes.forget(lane)
  }

  /** Removes everything this run has created: first in order, then whatever still exists. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.ahead.end()
    this.context.clock[Symbol.dispose]()
    const lanes = this.lanes.all().map(({ lane }) => lane.end({ serversEndToo: true }))
    const shared = [...this.#shared.values()].map(({ group }) => group.remove())
    // Failures are ignored here, and what takes too long: what remains is removed, or reported, below.
    const { orderlyMs, removalMs } = { ...defaultWaits, ...this.context.waits }
    await settledWithinRealTime(Promise.allSettled([...shared, ...lanes]), orderlyMs)
    const { telemetry } = this.context
    if (telemetry !== undefined)
      await settledWithinRealTime(Promise.allSettled([telemetry.close()]), removalMs)
    if (this.#watch !== undefined) await settledWithinRealTime(endOf(this.#watch), removalMs)
    const { runtime, run } = this.context
    const listing = runtime.list({ [label.run]: run })
    const left = await answered(listing, `the list of what run ${run} has left`, removalMs)
    await removeAll(runtime, left, removalMs)
  }

  /** Returns whether there is a lane, or a group of servers that lanes share, of this name. */
  isGroup(name: string): boolean {
    return (
      this.lanes.all().some(({ lane }) => lane.name === name) ||
      [...this.#shared.values()].some(({ group }) => group.name === name)
    )
  }

  /** Returns the service that has this address in the network of a lane, or of the servers that lanes share. */
  serviceAt(address: string): { readonly lane: string; readonly service: string } | undefined {
    const lanes = this.lanes.all().map(({ lane }) => lane.group.members)
    const shared = [...this.#shared.values()].map(({ group }) => group.members)
    for (const members of [...lanes, ...shared])
      for (const { name, sandbox } of members.all())
        if (Object.values(sandbox?.state.addresses ?? {}).includes(address))
          return { lane: members.group, service: name }
    return undefined
  }

  /** Waits for a lane that is being made ahead. Returns whether it can be used. */
  async #made(lane: Lane, call: Call): Promise<boolean> {
    try {
      return await this.ahead.ready(lane, call)
    } catch (error) {
      this.lanes.putBack(lane)
      throw error
    }
  }

  /** Resets a lane for its next client. Returns whether it can be used; throws if that can change. */
  async #restore(
    lane: Lane,
    { reset, call }: { readonly reset: ResetDepth | 'none' | undefined; readonly call: Call },
  ): Promise<boolean> {
    const level = reset === 'none' ? undefined : (reset ?? lane.dirty)
    const { record } = this.context
    lane.logsAfter = record.lastRow
    record.events.write('lane.lease', {
      ...causeOf(call),
      l: lane.name,
      dirty: lane.dirty ?? 'clean',
      reset: level ?? 'none',
    })
    if (level === undefined || lane.dirty === undefined) return true
    try {
      await lane.reset(level, call)
      return true
    } catch (error) {
      if (lane.broken) return false
      this.#free(lane, 'deep')
      throw error
    }
  }

  #free(lane: Lane, dirty: ResetDepth): void {
    this.lanes.release(lane, dirty)
    lane.debug.leave(!this.lanes.all().some(({ held }) => held))
  }

  #noteLeft({ name }: Lane, error: unknown): void {
    const entry = { l: name, method: 'command', error: messageOf(error) }
    this.context.record.events.write('undo', entry)
  }

  /** What remains of it is removed at the end of the run. */
  #noteEnd({ name }: Lane, error: unknown, call: Call): void {
    const origin = { ...causeOf(call), l: name }
    this.context.record.events.write('undo', {
      ...origin,
      method: 'lease',
      error: messageOf(error),
    })
  }

  /** The end of the run removes what remains of it. */
  #noteDoor({ name }: Lane, error: unknown): void {
    const { events } = this.context.record
    events.write('undo', { l: name, method: 'control', error: messageOf(error) })
  }

  #makeLane(name: string, { key, spec, limit = this.context.limit }: LaneMaking): Lane {
    const id = `${spec.root}\0${spec.name}`
    let shared = this.#shared.get(id)
    if (shared === undefined) {
      // Part of the names of containers, networks and logs, so each topology needs its own.
      const number = this.#shared.size + 1
      shared = new SharedServers(this.context, spec.name, number === 1 ? 'run' : `run_${number}`)
      this.#shared.set(id, shared)
    }
    return new Lane({ ...this.context, limit }, shared, { name, key, spec })
  }
}

const endOf = async (watch: AsyncDisposable): Promise<void> => watch[Symbol.asyncDispose]()

/** A clean-up must end although the engine does not answer one call. */
const answered = async <T>(call: Promise<T>, what: string, timeoutMs: number): Promise<T> => {
  if (await settledWithinRealTime(call, timeoutMs)) return await call
  throw timedOut(what, timeoutMs, {
    seen: 'the engine did not answer',
    remedy: 'check the engine; leftovers are removed at the next start, or by `mesocosm gc`',
  })
}

/**
 * Removes what an inventory lists, in an order that every engine takes: programs, then the sandboxes that they have
 * joined, then networks, then volumes. Tries all.
 *
 * @param timeoutMs milliseconds that each removal may take; default 30 000.
 * @throws {AggregateError} its message names all that is left.
 */
export const removeAll = async (
  runtime: Runtime,
  found: Inventory,
  timeoutMs = defaultWaits.removalMs,
): Promise<void> => {
  const left: { readonly what: string; readonly error: unknown }[] = []
  const remove = async (kind: ResourceKind, id: string, name = id): Promise<void> => {
    const what = `${kind} ${name}`
    try {
      await answered(runtime.remove(kind, id), `the removal of ${what}`, timeoutMs)
    } catch (error) {
      left.push({ what, error })
    }
  }
  const programs = found.containers.filter((it) => !runsNothing(it))
  const sandboxes = found.containers.filter(runsNothing)
  for (const containers of [programs, sandboxes])
    await Promise.all(containers.map(({ id, name }) => remove('container', id, name)))
  await Promise.all(found.networks.map(({ id, name }) => remove('network', id, name)))
  await Promise.all(found.volumes.map(({ id }) => remove('volume', id)))
  if (left.length === 0) return
  const lines = left.map(({ what, error }) => `${what}: ${messageOf(error)}`)
  throw new AggregateError(
    left.map(({ error }) => error),
    `${left.length} things could not be removed:\n${lines.join('\n')}`,
  )
}

/** Whether a container runs nothing of the user's: a sandbox, which others may have joined, or a lease. */
const runsNothing = ({ labels }: Inventory['containers'][number]): boolean =>
  labels[label.role] === 'sandbox' || labels[label.role] === 'lease'

const engineGone = (reason: string) =>
  new MesocosmError({
    code: 'ENGINE_GONE',
    message: `the container engine stopped answering: ${reason}`,
    remedy: 'start it again, then rerun the tests; leftovers are removed at the next start',
    facts: { reason },
  })
