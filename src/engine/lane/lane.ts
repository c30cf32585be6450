import { setImmediate } from 'node:timers/promises'
import { type Call, causeOf, unlimited } from '../../call/call.ts'
import { attachSecondary } from '../../errors/attach-secondary.ts'
import { closure } from '../../graph/order.ts'
import type { ExecRequest, ExecResult } from '../../model/exec.ts'
import type { ResetDepth } from '../../model/lane-change.ts'
import type { ServiceSpec, TopologySpec } from '../../model/service-spec.ts'
import type { ServiceView } from '../../model/service-view.ts'
import type { Plan } from '../../plan/plan.ts'
import { validateTopology } from '../../schema/validate.ts'
import type { ServiceGroup } from '../group/service-group.ts'
import type { EngineContext } from '../run/context.ts'
import type { SharedServers } from '../share/shared-servers.ts'
import { LaneCore, type LaneOptions } from './lane-core.ts'
import { desiredLane, desiredService } from './lane-desired.ts'
import { isDeclared, isMentioned, nameTaken, throwFirst } from './lane-errors.ts'
import { logOf, viewOf } from './lane-view.ts'
import { runningProgram, ServiceControl } from './service-control.ts'

/**
 * One isolated copy of the topology, from its first start to its removal: starts, additions, resets.
 * Changes of single services are in {@link ServiceControl}.
 */
export class Lane {
  readonly name: string
  readonly topology: string
  readonly key: string | undefined
  /** Changes of single services. */
  readonly control: ServiceControl
  /** What must be reset before the next lease. */
  dirty: ResetDepth | undefined
  readonly #core: LaneCore
  /** Services whose first start failed: a reset does not start them again. */
  readonly #failed = new Set<string>()
  /** Services that each start in progress starts for the first time. */
  readonly #starting = new Map<Call, readonly string[]>()

  constructor(context: EngineContext, shared: SharedServers, options: LaneOptions) {
    this.name = options.name
    this.key = options.key
    this.topology = options.spec.name
    this.#core = new LaneCore(context, shared, options)
    this.control = new ServiceControl(this.#core, (services, call) => this.start(services, call))
  }

  get spec(): TopologySpec {
    return this.#core.spec.spec
  }

  get group(): ServiceGroup {
    return this.#core.group
  }

  /** Sets another spec of the topology; running services are reconciled with it at the next start. */
  adopt(spec: TopologySpec): void {
    const { spec: own, wanted } = this.#core
    own.adopt(spec)
    for (const name of [...wanted]) if (!own.has(name)) this.#core.drop(name)
  }

  /**
   * Starts these services (default all) and what they need; returns when they are ready. A crashed one is started
   * again; one that was stopped on purpose only when it is named.
   */
  async start(names: readonly string[] | undefined, call: Call): Promise<void> {
    const { spec, wanted, snapshots } = this.#core
    for (const name of names ?? []) spec.known(name)
    const asked = closure(spec.graph, names ?? Object.keys(spec.services))
    const fresh = asked.filter((name) => this.#core.slot(name).member?.program === undefined)
    for (const name of asked) wanted.add(name)
    for (const name of names ?? []) {
      const { overrides } = this.#core.slot(name)
      if (overrides.run === 'stopped') overrides.run = 'running'
    }
    for (const name of asked) this.#failed.delete(name)
    this.#starting.set(call, fresh)
    try {
      await this.#startWanted(asked, call)
    } catch (error) {
      for (const name of fresh) this.#failed.add(name)
      throw error
    } finally {
      this.#starting.delete(call)
    }
    // A program may have written to its dependencies, so their snapshots are renewed. Other services may contain data
    // of a test. An added service is removed by the reset, so its data elsewhere must not be in a snapshot.
    const declared = fresh.filter((name) => !spec.added.includes(name))
    await snapshots.take(new Set([...closure(spec.graph, declared), ...fresh]), call)
  }

  /**
   * Returns the plans for bringing this spec of the topology up, shared servers first. Only for the
   * client that holds the lane. Changes nothing, but pulls or builds images.
   */
  async plan(declared: TopologySpec): Promise<readonly Plan[]> {
    const spec = this.#core.spec.with(declared)
    const wanted = Object.keys(spec.services)
    throwFirst(await spec.resolve(wanted), wanted)
    const shared = wanted.flatMap((service) => {
      const resolved = spec.resolved(service)
      return spec.isShared(service) && resolved !== undefined
        ? [{ service, resolved, services: spec.services }]
        : []
    })
    return [
      this.#core.shared.plan(this.name, shared),
      this.group.plan(desiredLane(this.#core, { spec, wanted: new Set(wanted) })),
    ]
  }

  /** Adds a sidecar to the lane's network; resolves when it is ready. */
  async add(name: string, service: ServiceSpec, call: Call): Promise<void> {
    const { spec: own } = this.#core
    if (own.has(name)) throw nameTaken({ service: name, lane: this.name })
    const { spec } = own
    validateTopology({ ...spec, services: { ...spec.services, [name]: service } })
    own.add(name, service)
    try {
      await this.start([name], call)
    } catch (error) {
      using back = unlimited(`the removal of ${name}`, call)
      await this.remove(name, back).catch((second: unknown) => attachSecondary(error, second))
      throw error
    }
  }

  /** Removes an added service. Throws `SERVICE_IN_USE` for a declared one, which can only be stopped. */
  async remove(name: string, call: Call): Promise<void> {
    const { spec, group, tenancies } = this.#core
    spec.known(name)
    const mentions = spec.mentions(name)
    const where = { service: name, lane: this.name }
    if (!spec.added.includes(name)) throw isDeclared(where)
    if (mentions.length > 0) throw isMentioned(where, mentions)
    this.#core.drop(name)
    throwFirst(await group.converge(call), [name])
    await tenancies.leave(name, call)
  }

  /** Restores the declared state: services, environment, data. `deep` recreates all programs and data. */
  async reset(level: ResetDepth, call: Call): Promise<void> {
    const { context, spec, tenancies, group, snapshots } = this.#core
    const start = performance.now()
    // A reset that fails half-way leaves the lane unusable until a deep one.
    this.dirty = 'deep'
    for (const name of spec.added) this.#core.drop(name)
    this.#dropFailed()
    await this.#restoreShared(call)
    this.#core.clearOverrides()
    const wanted = [...this.#core.wanted]
    this.#clearCrashes(wanted)
    throwFirst(await spec.resolve(wanted), wanted)
    call.assertOpen()
    await tenancies.settle(wanted, call)
    if (level === 'deep') {
      // Reset data first, so that programs start on it. A program that exits because its data was dropped has not failed.
      for (const name of wanted) group.members.get(name)?.program?.clearCrash()
      await snapshots.run('deepReset', tenancies.names, call)
      const force = wanted.filter((name) => !spec.isShared(name))
      throwFirst(await group.converge(call, { force }), wanted)
      await this.#arrived(wanted)
      await snapshots.take(wanted, call)
    } else {
      throwFirst(await group.converge(call), wanted)
      await this.#arrived(wanted)
      await snapshots.restore(wanted, call)
    }
    call.assertOpen()
    this.dirty = undefined
    const ms = Math.round(performance.now() - start)
    context.record.events.write('lane.reset', { ...causeOf(call), l: this.name, level, ms })
    context.progress({ kind: 'lane', lane: this.name, state: 'reset' })
  }

  /** Makes the data as it is now the declared state of this lane, until programs are recreated. */
  async baseline(call: Call): Promise<void> {
    await this.#core.snapshots.take(this.#core.wanted, call)
  }

  async exec(
    name: string,
    request: ExecRequest,
    options: { readonly timeoutMs: number; readonly signal: AbortSignal },
  ): Promise<ExecResult> {
    const { member } = this.#core.slot(name)
    const { id } = runningProgram({ service: name, lane: this.name }, member)
    return this.#core.context.runtime.exec(id, request, options)
  }

  view(): ServiceView[] {
    return Object.keys(this.#core.spec.services).map((name) => this.viewOf(name))
  }

  /** Returns under which lane and name the record keeps a service's log. */
  logOf(name: string): { readonly logLane: string; readonly logName: string } {
    return logOf(this.#core, name)
  }

  viewOf(name: string): ServiceView {
    return viewOf(this.#core, name)
  }

  /** Removes the lane's services and tenants. Shared servers stay. */
  async end(options: { readonly serversEndToo: boolean }): Promise<void> {
    using call = unlimited(`the end of lane ${this.name}`)
    this.#core.removed = true
    // Containers are removed even if a tenant could not be dropped; that failure is thrown afterwards.
    const tenants = options.serversEndToo ? Promise.resolve() : this.#core.tenancies.end(call)
    const [dropped] = await Promise.allSettled([tenants])
    await this.group.remove()
    if (dropped.status === 'rejected') throw dropped.reason
    this.#core.context.progress({ kind: 'lane', lane: this.name, state: 'removed' })
  }

  // ---

  /** Drops the overrides that this lane has set on shared servers. */
  async #restoreShared(call: Call): Promise<void> {
    const { tenancies, shared } = this.#core
    for (const name of tenancies.names) {
      const server = tenancies.server(name)
      if (server === undefined || server.overrides.pristine) continue
      server.overrides.clear()
      const failure = await shared.converge(server, call)
      if (failure !== undefined) throw failure
    }
    await tenancies.reconnect()
  }

  /** Drops services that could not be started, also where the caller of the start has given up. */
  #dropFailed(): void {
    for (const [{ signal }, names] of this.#starting)
      if (signal.aborted) for (const name of names) this.#failed.add(name)
    for (const name of this.#failed) if (!this.#hasRun(name)) this.#core.wanted.delete(name)
    this.#failed.clear()
  }

  async #startWanted(asked: readonly string[], call: Call): Promise<void> {
    const { spec, wanted, tenancies, group } = this.#core
    throwFirst(await spec.resolve(wanted), asked)
    call.assertOpen()
    this.#clearCrashes(asked)
    await tenancies.settle(wanted, call)
    // Shared servers start slowest, so send their first calls first.
    if (tenancies.names.length > 0) await setImmediate()
    const failures = await group.converge(call)
    await this.#arrived(asked)
    throwFirst(failures, asked)
  }

  #hasRun(name: string): boolean {
    const program = this.#core.slot(name).member?.program
    return program !== undefined && (program.ready || program.exit?.exitCode === 0)
  }

  /** Restarts crashed programs. Exit code 0 of a service without a probe is not a crash. */
  #clearCrashes(names: Iterable<string>): void {
    for (const name of names) {
      const { program } = this.group.members.get(name) ?? {}
      if (program === undefined || !program.crashed) continue
      const isDone =
        program.exit?.exitCode === 0 && desiredService(this.#core, name)?.ready === undefined
      if (!isDone) program.clearCrash()
    }
  }

  /** Waits for all of them before it throws. */
  async #arrived(names: readonly string[]): Promise<void> {
    const { tenancies } = this.#core
    const all = await Promise.allSettled(names.map((name) => tenancies.ready(name)))
    for (const result of all) if (result.status === 'rejected') throw result.reason
  }
}
