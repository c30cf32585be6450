import { type Call, unlimited } from '../../call/call.ts'
import { attachSecondary } from '../../errors/attach-secondary.ts'
import type { Outputs } from '../../model/endpoint.ts'
import type { ExecRequest, ExecResult } from '../../model/exec.ts'
import type { ResetDepth } from '../../model/lane-change.ts'
import { localSpecOf, type ServiceSpec, type TopologySpec } from '../../model/service-spec.ts'
import type { ServiceView } from '../../model/service-view.ts'
import type { Plan } from '../../plan/plan.ts'
import { validateTopology } from '../../schema/validate.ts'
import type { LaneDebug } from '../debug/lane-debug.ts'
import type { LaneDoor } from '../endpoint/lane-door.ts'
import { LaneEndpoints } from '../endpoint/lane-endpoints.ts'
import type { ServiceGroup } from '../group/service-group.ts'
import type { EngineContext } from '../run/context.ts'
import type { SharedServers } from '../share/shared-servers.ts'
import type { LaneCommands } from './lane-commands.ts'
import { LaneCore, type LaneOptions } from './lane-core.ts'
import { desiredLane } from './lane-desired.ts'
import { isDeclared, isMentioned, nameTaken, throwFirst } from './lane-errors.ts'
import { resetLane } from './lane-reset.ts'
import { startLane } from './lane-start.ts'
import { logOf, viewOf } from './lane-view.ts'
import { noteSwap } from './note-swap.ts'
import { outputsInside } from './outputs-inside.ts'
import { runningProgram, whyNotRun } from './running-program.ts'
import { ServiceControl } from './service-control.ts'

/**
 * One isolated copy of the topology, from its first start to its removal: starts, additions, resets.
 * Changes of single services are in {@link ServiceControl}.
 */
export class Lane {
  readonly name: string
  readonly topology: string
  /** Of its lease; one that was made ahead gets it with its first lease. */
  key: string | undefined
  /** Changes of single services. */
  readonly control: ServiceControl
  /** Tests that listen at its endpoints. */
  readonly endpoints: LaneEndpoints
  /** Commands that run next to its services. */
  readonly commands: LaneCommands
  /** Debuggers of its services. */
  readonly debug: LaneDebug
  /** Lets programs on the lane's network reach the Control API. */
  readonly door: LaneDoor
  /** Number of the last log row of the run before the current lease. */
  logsAfter = 0
  readonly #core: LaneCore

  constructor(context: EngineContext, shared: SharedServers, options: LaneOptions) {
    this.name = options.name
    this.key = options.key
    this.topology = options.spec.name
    this.#core = new LaneCore(context, shared, options)
    this.door = this.#core.door
    this.debug = this.#core.debug
    this.endpoints = new LaneEndpoints(this.#core)
    this.commands = this.#core.commands
    this.control = new ServiceControl(this.#core, (services, call) => this.start(services, call))
  }

  get spec(): TopologySpec {
    return this.#core.spec.spec
  }

  /** The declared services that were asked for so far, and what they need. */
  get declared(): readonly string[] {
    const { wanted, spec } = this.#core
    return [...wanted].filter((name) => !spec.added.includes(name))
  }

  /** What must be reset before the next lease. */
  get dirty(): ResetDepth | undefined {
    return this.#core.dirty
  }

  set dirty(dirty: ResetDepth | undefined) {
    this.#core.dirty = dirty
  }

  /** Whether its data cannot be made again, so that another lane must replace it. */
  get broken(): boolean {
    return this.#core.broken
  }

  get group(): ServiceGroup {
    return this.#core.group
  }

  /** Services that run as processes of this machine by the lease. */
  get local(): readonly string[] {
    return [...this.#core.spec.local]
  }

  /** Sets which services run as processes of this machine from the next start on, and after resets. */
  setLocal(names: readonly string[], call: Call): void {
    const core = this.#core
    const changed = Object.keys(core.spec.services).filter(
      (name) => core.isLocal(name) !== names.includes(name),
    )
    core.setLocal(names)
    for (const name of changed) {
      const local = names.includes(name) ? localSpecOf(core.spec.complete[name] ?? {}) : undefined
      noteSwap(core, name, local, call, 'setting')
    }
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
    await this.#core.work.together(call, () => startLane(this.#core, names, call))
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
    return Promise.all([
      this.#core.shared.plan(this.name, shared),
      this.group.plan(desiredLane(this.#core, { spec, wanted: new Set(wanted) })),
    ])
  }

  /** Adds a sidecar to the lane's network; resolves when it is ready. */
  async add(name: string, service: ServiceSpec, call: Call): Promise<void> {
    const { spec: own } = this.#core
    const door = await this.door.host
    if (own.has(name) || door === name) throw nameTaken({ service: name, lane: this.name })
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

  /** Records which services have connected to which so far. Never rejects. */
  noteEdges(): Promise<void> {
    return this.#core.edges.look()
  }

  /** See {@link resetLane}. Waits for what an earlier call left under way. */
  async reset(level: ResetDepth, call: Call): Promise<void> {
    await this.#core.work.alone(call, () => resetLane(this.#core, level, call))
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
    const where = { service: name, lane: this.name }
    const program = await runningProgram(where, member)
    try {
      return await this.#core.context.runtime.exec(program.id, request, options)
    } catch (error) {
      throw await whyNotRun(where, program, error)
    }
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

  /** Returns the outputs of a service with addresses that work inside of the lane's network. Throws `SERVICE_UNKNOWN`. */
  outputsInside(name: string): Outputs {
    this.#core.spec.known(name)
    return outputsInside(this.#core, name)
  }

  /** Removes the lane's services and tenants. Shared servers stay. */
  async end(options: { readonly serversEndToo: boolean }): Promise<void> {
    using call = unlimited(`the end of lane ${this.name}`)
    this.#core.removed = true
    await this.endpoints.closeAll()
    // What remains of them is removed at the end of the run.
    await Promise.allSettled([this.commands.closeAll(), this.door.close(), this.debug.closeAll()])
    // Containers are removed even if a tenant could not be dropped; that failure is thrown afterwards.
    const tenants = options.serversEndToo ? Promise.resolve() : this.#core.tenancies.end(call)
    const [dropped] = await Promise.allSettled([tenants])
    await this.group.remove()
    if (dropped.status === 'rejected') throw dropped.reason
    this.#core.context.progress({ kind: 'lane', lane: this.name, state: 'removed' })
  }
}
