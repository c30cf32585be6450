import { type Call, causeOf } from '../../call/call.ts'
import { raced } from '../../call/with-timeout.ts'
import { MesocosmError } from '../../errors/mesocosm-error.ts'
import { closure } from '../../graph/order.ts'
import type { ResetDepth } from '../../model/lane-change.ts'
import type { ServiceSpec, TopologySpec } from '../../model/service-spec.ts'
import { secretsOf } from '../../plan/outputs.ts'
import { renderPlan } from '../../plan/render.ts'
import { label } from '../../runtime/labels.ts'
import type { Inventory, Runtime } from '../../runtime/runtime.ts'
import type { Redactor } from '../../trace/write/redact.ts'
import { Lane } from '../lane/lane.ts'
import { throwFirst } from '../lane/lane-errors.ts'
import { LanePool, type LaneRequest } from '../lane/lane-pool.ts'
import { LaneSpec } from '../lane/lane-spec.ts'
import { SharedServers } from '../share/shared-servers.ts'
import type { EngineContext } from './context.ts'

/** The lanes of one run, the servers that they share, and their removal. */
export class RunEngine implements AsyncDisposable {
  readonly context: EngineContext
  readonly lanes: LanePool
  readonly #redactor: Redactor
  readonly #shared = new Map<string, SharedServers>()
  #watch: AsyncDisposable | undefined
  #gone: MesocosmError | undefined

  constructor(context: EngineContext, redactor: Redactor) {
    this.context = context
    this.#redactor = redactor
    this.lanes = new LanePool((name, request) => this.#makeLane(name, request))
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
    request: LaneRequest & { readonly reset: ResetDepth | 'none' | undefined; readonly call: Call },
  ): Promise<Lane> {
    if (this.#gone !== undefined) throw this.#gone
    this.#redactor.add(secretsOf(request.spec))
    const lane = await this.lanes.acquire(request)
    const level = request.reset === 'none' ? undefined : (request.reset ?? lane.dirty)
    const { record, progress } = this.context
    lane.logsAfter = record.lastRow
    record.events.write('lane.lease', {
      ...causeOf(request.call),
      l: lane.name,
      dirty: lane.dirty ?? 'clean',
      reset: level ?? 'none',
    })
    try {
      if (level !== undefined && lane.dirty !== undefined)
        await lane.reset(lane.dirty === 'deep' ? 'deep' : level, request.call)
    } catch (error) {
      this.lanes.release(lane, 'deep')
      throw error
    }
    progress({ kind: 'lane', lane: lane.name, state: 'leased' })
    return lane
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
    this.context.record.events.write('svc.add', { ...causeOf(call), l: lane.name, s: name })
  }

  release(lane: Lane, dirty: ResetDepth, call?: Call): void {
    lane.group.members.test = undefined
    this.context.record.events.write('lane.release', {
      ...(call === undefined ? {} : causeOf(call)),
      l: lane.name,
      dirty,
    })
    this.context.progress({ kind: 'lane', lane: lane.name, state: 'released' })
    this.lanes.release(lane, dirty)
  }

  /** Ends one lane that is not held. */
  async end(lane: Lane): Promise<void> {
    await lane.end({ serversEndToo: false })
    this.lanes.forget(lane)
  }

  /** Removes everything this run has created: first in order, then whatever still exists. */
  async [Symbol.asyncDispose](): Promise<void> {
    const lanes = this.lanes.all().map(({ lane }) => lane.end({ serversEndToo: true }))
    const shared = [...this.#shared.values()].map(({ group }) => group.remove())
    // Failures are ignored here: what remains is removed, or reported, below.
    await Promise.allSettled([...shared, ...lanes])
    await this.#watch?.[Symbol.asyncDispose]()
    await removeAll(
      this.context.runtime,
      await this.context.runtime.list({ [label.run]: this.context.run }),
    )
  }

  #makeLane(name: string, { key, spec }: LaneRequest): Lane {
    const id = `${spec.root}\0${spec.name}`
    let shared = this.#shared.get(id)
    if (shared === undefined) {
      // Part of the names of containers, networks and logs, so each topology needs its own.
      const number = this.#shared.size + 1
      shared = new SharedServers(this.context, spec.name, number === 1 ? 'run' : `run_${number}`)
      this.#shared.set(id, shared)
    }
    return new Lane(this.context, shared, { name, key, spec })
  }
}

/** Removes what an inventory lists: containers first, since they hold the networks and volumes. */
export const removeAll = async (runtime: Runtime, found: Inventory): Promise<void> => {
  const settle = async (work: readonly Promise<void>[]) => {
    const failed = (await Promise.allSettled(work)).filter(({ status }) => status === 'rejected')
    return failed.map((result) => (result as PromiseRejectedResult).reason as unknown)
  }
  const errors = [
    ...(await settle(found.containers.map(({ id }) => runtime.remove('container', id)))),
    ...(await settle([
      ...found.networks.map(({ id }) => runtime.remove('network', id)),
      ...found.volumes.map(({ id }) => runtime.remove('volume', id)),
    ])),
  ]
  if (errors.length > 0)
    throw new AggregateError(errors, `${errors.length} things could not be removed`)
}

const engineGone = (reason: string) =>
  new MesocosmError({
    code: 'ENGINE_GONE',
    message: `the container engine stopped answering: ${reason}`,
    remedy: 'start it again, then rerun the tests; leftovers are removed at the next start',
    facts: { reason },
  })
