import { MesocosmError } from '../../errors/mesocosm-error.ts'
import { didYouMean } from '../../errors/nearest.ts'
import type { Address, Outputs } from '../../model/endpoint.ts'
import type { ExecRequest, ExecResult } from '../../model/exec.ts'
import type { ServiceSpec, TaskPlan, TopologySpec } from '../../model/service-spec.ts'
import type { DesiredState } from '../../plan/desired.ts'
import { closure, dependencies } from '../../plan/graph.ts'
import { createLookup, outputsOf, resolveTemplate } from '../../plan/outputs.ts'
import type { Plan } from '../../plan/plan.ts'
import type { ReconcileOptions } from '../../plan/reconcile.ts'
import { validateTopology } from '../../schema/validate.ts'
import type { EngineContext, ServiceState as Shown } from '../context.ts'
import type { Member } from '../group-members.ts'
import { type ResolvedService, resolveService } from '../resolve-service.ts'
import { ServiceGroup } from '../service-group.ts'
import type { Program } from '../program.ts'
import { setUp } from '../set-up.ts'
import { runTasks } from '../tasks.ts'
import { desire } from './desire.ts'
import { type EnvPatch, ServiceState } from './service-state.ts'
import type { SharedServer, SharedServers } from './shared-servers.ts'

export type ResetLevel = 'light' | 'deep'

/** A lane's use of a shared server. */
interface Tenancy {
  readonly server: SharedServer
  /** Resolves when the server is on this lane's network and the lane has its place on it. */
  readonly ready: Promise<void>
}

/** What a test sees of a service. */
export interface ServiceView {
  readonly name: string
  readonly state: Shown | 'unstarted'
  readonly outputs: Outputs
  readonly env: Readonly<Record<string, string>>
  /** Lane name under which its log lies: the lane's own, or `run`. */
  readonly logLane: string
  readonly logName: string
}

/**
 * One isolated copy of the topology. Holds what is wanted (declaration, additions, what tests asked)
 * and brings its group of containers there; shared servers give it a place of its own.
 */
export class Lane {
  readonly name: string
  readonly topology: string
  readonly key: string | undefined
  readonly group: ServiceGroup
  /** What the next holder must have reset before use. */
  dirty: ResetLevel | undefined
  #spec: TopologySpec
  readonly #context: EngineContext
  readonly #shared: SharedServers
  readonly #added = new Map<string, ServiceSpec>()
  readonly #states = new Map<string, ServiceState>()
  readonly #resolved = new Map<string, { readonly from: string; readonly service: ResolvedService }>()
  readonly #tenancies = new Map<string, Tenancy>()
  /** Services asked for so far, with what they need. */
  #wanted = new Set<string>()
  /** Crashed services that shall run again. */
  readonly #healing = new Set<string>()
  #removed = false

  constructor(
    context: EngineContext,
    shared: SharedServers,
    options: { readonly name: string; readonly key: string | undefined; readonly spec: TopologySpec },
  ) {
    this.#context = context
    this.#shared = shared
    this.name = options.name
    this.key = options.key
    this.#spec = options.spec
    this.topology = options.spec.name
    this.group = new ServiceGroup(context, {
      name: options.name,
      topology: options.spec.name,
      desired: () => this.#desired(),
      gate: (service) => this.#gate(service),
      prepare: (service, program) => this.#prepare(service, program),
    })
  }

  get spec(): TopologySpec {
    return { ...this.#spec, services: this.#services() }
  }

  /** Takes another form of the topology; what is running is reconciled at the next start. */
  adopt(spec: TopologySpec): void {
    this.#spec = spec
    for (const name of this.#wanted) if (!(name in this.#services())) this.#wanted.delete(name)
  }

  /** Starts these services (default all) and what they need; returns when they are ready. */
  async start(names?: readonly string[]): Promise<void> {
    const services = this.#services()
    for (const name of names ?? []) this.#known(name)
    const graph = dependencies({ services })
    const asked = closure(graph, names ?? Object.keys(services))
    const fresh = asked.filter((name) => !this.#wanted.has(name) || this.group.members.get(name)?.program === undefined && services[name]?.share !== 'run')
    for (const name of asked) this.#wanted.add(name)
    await this.#resolve([...this.#wanted])
    await this.#leaveUndeclared()
    this.#joinShared()
    const failures = await this.#converge()
    await Promise.all([...this.#tenancies].filter(([name]) => asked.includes(name)).map(([, { ready }]) => ready))
    this.#throwFirst(failures, asked)
    if (fresh.length > 0) await this.#tasks('baseline', 'remember its data')
  }

  /**
   * The plans for bringing this form of the topology up, shared servers first. Only for the one who holds the lane.
   * Nothing is changed, but images are made present.
   */
  async plan(spec: TopologySpec): Promise<readonly Plan[]> {
    const before = { spec: this.#spec, wanted: this.#wanted, resolved: [...this.#resolved] }
    this.#spec = spec
    this.#wanted = new Set(Object.keys(this.#services()))
    try {
      await this.#resolve([...this.#wanted])
      const shared = [...this.#resolved].filter(([name]) => this.#services()[name]?.share === 'run')
      return [
        this.#shared.plan(this.name, shared.map(([service, { service: resolved }]) => ({ service, resolved, services: this.#services() }))),
        this.group.plan(),
      ]
    } finally {
      this.#spec = before.spec
      this.#wanted = before.wanted
      this.#resolved.clear()
      for (const [name, resolved] of before.resolved) this.#resolved.set(name, resolved)
    }
  }

  /**
   * Changes a service's environment and waits until it runs with it. After a failure the former environment is back.
   * With `stacked` the change can be dropped again by the returned number.
   */
  async changeEnv(
    name: string,
    patch: EnvPatch,
    options: { readonly stacked: boolean; readonly dependents: boolean },
  ): Promise<{ readonly id: number }> {
    const { state } = this.#at(name)
    let id = 0
    let undo: () => void
    if (options.stacked) {
      id = state.pushEnv(patch)
      undo = () => void state.dropEnv(id)
    } else undo = state.setEnv(patch)
    try {
      await this.#bring(name, options)
    } catch (error) {
      undo()
      // The first error tells what was wrong; that the way back failed too is noted beside it.
      await this.#bring(name, options).catch((second: unknown) => {
        if (error instanceof Error && error.cause === undefined) error.cause = second
      })
      throw error
    }
    return { id }
  }

  async dropEnv(name: string, id: number, options: { readonly dependents: boolean }): Promise<void> {
    // A reset in between has dropped it already.
    if (this.#at(name).state.dropEnv(id)) await this.#bring(name, options)
  }

  async restart(name: string, graceMs?: number): Promise<void> {
    const { state, key } = this.#at(name)
    state.run = 'running'
    state.graceMs = graceMs ?? this.#services()[name]?.stopTimeoutMs ?? 2_000
    try {
      await this.#bring(name, { restart: [key] })
    } finally {
      state.graceMs = undefined
    }
  }

  async stop(name: string, graceMs?: number): Promise<void> {
    const { state } = this.#at(name)
    state.run = 'stopped'
    state.graceMs = graceMs
    try {
      await this.#bring(name, { heal: false })
    } finally {
      state.graceMs = undefined
    }
  }

  async startAgain(name: string): Promise<void> {
    if (!this.#wanted.has(name)) return this.start([name])
    this.#at(name).state.run = 'running'
    await this.#bring(name)
  }

  async kill(name: string, signal: `SIG${string}`): Promise<void> {
    const { state, member } = this.#at(name)
    const program = this.#running(name, member)
    if (signal === 'SIGKILL') {
      state.run = 'stopped'
      await program.stop(0)
    } else await this.#context.runtime.signal(program.id, signal)
  }

  async setPaused(name: string, paused: boolean): Promise<void> {
    const { state, member } = this.#at(name)
    this.#running(name, member)
    state.run = paused ? 'paused' : 'running'
    await this.#bring(name)
  }

  async setConnected(name: string, connected: boolean): Promise<void> {
    const tenancy = this.#tenancies.get(name)
    if (tenancy !== undefined) return this.#linkShared(name, tenancy.server, connected)
    this.#at(name).state.disconnected = !connected
    await this.#bring(name)
  }

  /** A sidecar joins: started, ready, on the lane's network. */
  async add(name: string, service: ServiceSpec): Promise<void> {
    if (name in this.#services())
      throw new MesocosmError({
        code: 'TOPOLOGY_INVALID',
        message: `there is a service named ${name} in this lane already`,
        remedy: `remove it first, or add yours under another name`,
        facts: { service: name, lane: this.name },
      })
    validateTopology({ ...this.#spec, services: { ...this.#services(), [name]: service } })
    this.#added.set(name, service)
    try {
      await this.start([name])
    } catch (error) {
      await this.remove(name)
      throw error
    }
  }

  /** Only what was added can be removed: what is declared can be stopped. */
  async remove(name: string): Promise<void> {
    if (!this.#added.delete(name)) {
      this.#known(name)
      throw new MesocosmError({
        code: 'SERVICE_IN_USE',
        message: `${name} is declared in the topology and cannot be removed from a lane`,
        remedy: `use ${name}.stop(), or lease topology.without('${name}')`,
        facts: { service: name, lane: this.name },
      })
    }
    this.#wanted.delete(name)
    this.#states.delete(name)
    this.#resolved.delete(name)
    this.#tenancies.delete(name)
    this.#throwFirst(await this.group.converge(), [name])
  }

  /** Declared state again: services, environment, data. `deep` makes all programs and data anew. */
  async reset(level: ResetLevel): Promise<void> {
    const start = performance.now()
    for (const name of this.#added.keys()) {
      this.#wanted.delete(name)
      this.#resolved.delete(name)
      this.#tenancies.delete(name)
    }
    this.#added.clear()
    for (const { server } of this.#tenancies.values()) {
      if (server.state.pristine) continue
      server.state.clear()
      const failure = await this.#shared.converge(server)
      if (failure !== undefined) throw failure
    }
    for (const state of this.#states.values()) state.clear()
    for (const name of this.#wanted) this.#healing.add(name)
    await this.#resolve([...this.#wanted])
    this.#joinShared()
    const own = [...this.#wanted].filter((name) => !this.#tenancies.has(name))
    if (level === 'deep') {
      // Data first: programs then start on it. Clients of the old data are about to end anyway.
      await this.#tasks('deepReset', 'make its data anew', [...this.#tenancies.keys()])
      this.#throwFirst(await this.#converge({ force: own }), [...this.#wanted])
      await this.#tasks('baseline', 'remember its data')
    } else {
      this.#throwFirst(await this.#converge(), [...this.#wanted])
      await this.#tasks('reset', 'reset its data')
    }
    this.#healing.clear()
    this.dirty = undefined
    const ms = Math.round(performance.now() - start)
    this.#context.record.events.write('lane.reset', { l: this.name, level, ms })
    this.#context.progress({ kind: 'lane', lane: this.name, state: 'reset' })
  }

  exec(name: string, request: ExecRequest, options: { readonly timeoutMs: number; readonly signal: AbortSignal }): Promise<ExecResult> {
    const { member } = this.#at(name)
    return this.#context.runtime.exec(this.#running(name, member).id, request, options)
  }

  /** The container that runs a service now. */
  container(name: string): string | undefined {
    return this.#at(name).member?.program?.id
  }

  view(): ServiceView[] {
    return Object.keys(this.#services()).map((name) => this.viewOf(name))
  }

  viewOf(name: string): ServiceView {
    const services = this.#services()
    const { member, key, shared } = this.#at(name)
    const spec = this.#resolved.get(name)?.service.spec ?? (services[name] as ServiceSpec)
    const desired = this.#wanted.has(name) && this.#resolved.has(name) && !shared ? this.#desireOf(name) : undefined
    return {
      name,
      state: shownState(member),
      outputs: outputsOf(name, spec, 'test', this.#addresses(member, spec), this.#laneRef, services, (other, port) =>
        this.#addresses(this.#at(other).member, this.#resolved.get(other)?.service.spec ?? services[other])[port],
      ),
      env: desired?.program.env ?? {},
      logLane: shared ? 'run' : this.name,
      logName: key,
    }
  }

  /** Ends everything of the lane. Shared servers stay, and forget it. */
  async end(options: { readonly serversEndToo: boolean }): Promise<void> {
    this.#removed = true
    if (!options.serversEndToo) await this.#tasks('leave', 'give its place back', [...this.#tenancies.keys()])
    this.#shared.leave(this.name)
    if (!options.serversEndToo) for (const [name, { server }] of this.#tenancies) await this.#linkShared(name, server, false)
    this.#throwFirst(await this.group.remove(), Object.keys(this.#services()))
    this.#context.progress({ kind: 'lane', lane: this.name, state: 'removed' })
  }

  // ---

  get #laneRef(): { readonly name: string } {
    return { name: this.name }
  }

  #services(): Readonly<Record<string, ServiceSpec>> {
    return this.#added.size === 0 ? this.#spec.services : { ...this.#spec.services, ...Object.fromEntries(this.#added) }
  }

  #known(name: string): ServiceSpec {
    const services = this.#services()
    if (Object.hasOwn(services, name)) return services[name] as ServiceSpec
    throw new MesocosmError({
      code: 'SERVICE_UNKNOWN',
      message: `there is no service named "${name}" in lane ${this.name}${didYouMean(name, Object.keys(services))}`,
      remedy: `it has ${Object.keys(services).join(', ')}`,
      facts: { service: name, lane: this.name },
    })
  }

  /** Where a service's state and containers are kept: here, or with its shared server. */
  #at(name: string): { readonly state: ServiceState; readonly member: Member | undefined; readonly key: string; readonly shared: boolean } {
    this.#known(name)
    const tenancy = this.#tenancies.get(name)
    if (tenancy !== undefined) {
      const { server } = tenancy
      return { state: server.state, member: this.#shared.group.members.get(server.key), key: server.key, shared: true }
    }
    let state = this.#states.get(name)
    if (state === undefined) {
      state = new ServiceState()
      this.#states.set(name, state)
    }
    return { state, member: this.group.members.get(name), key: name, shared: this.#services()[name]?.share === 'run' }
  }

  /** Converges what a change of one service concerns, and throws if that service failed. */
  async #bring(
    name: string,
    options: { readonly restart?: readonly string[]; readonly dependents?: boolean; readonly heal?: boolean } = {},
  ): Promise<void> {
    const tenancy = this.#tenancies.get(name)
    if (tenancy !== undefined) {
      this.#mustBeAlone(name, tenancy.server)
      const { server } = tenancy
      const before = this.#shared.container(server)
      const failure = await this.#shared.converge(server, options.restart === undefined ? {} : { restart: options.restart })
      if (failure !== undefined) throw failure
      // A new container knows nothing of the lane.
      if (this.#shared.container(server) === before) return
      await this.#runTasks(name, server, 'enter', 'make a place for the lane')
      await this.#runTasks(name, server, 'baseline', 'remember its data')
      return
    }
    if (options.heal !== false) this.#healing.add(name)
    const failures = await this.#converge({
      ...(options.restart === undefined ? {} : { restart: [...options.restart] }),
      ...(options.dependents ? { restartDependentsOf: [name] } : {}),
    })
    this.#healing.delete(name)
    this.#throwFirst(failures, options.dependents ? [...this.#wanted] : [name])
  }

  #converge(options: ReconcileOptions = {}) {
    return this.group.converge(options)
  }

  #throwFirst(failures: ReadonlyMap<string, MesocosmError>, concerned: readonly string[]): void {
    const found = concerned.flatMap((name) => failures.get(name) ?? [])
    const first = found.find((error) => !('blockedBy' in error.facts)) ?? found[0]
    if (first !== undefined) throw first
  }

  #desired(): DesiredState {
    const services: Record<string, DesiredState['services'][string]> = {}
    if (!this.#removed)
      for (const name of this.#wanted) {
        if (this.#resolved.has(name) && this.#services()[name]?.share !== 'run') services[name] = this.#desireOf(name)
      }
    return { group: this.name, services }
  }

  #desireOf(name: string) {
    const services = this.#services()
    const { state, member } = this.#at(name)
    const all = dependencies({ services })[name] ?? {}
    const inGroup = Object.entries(all).filter(([other]) => services[other]?.share !== 'run' && this.#wanted.has(other))
    return desire({
      name,
      resolved: (this.#resolved.get(name) as { service: ResolvedService }).service,
      services,
      lane: this.#laneRef,
      state,
      crashed: (member?.program?.crashed ?? false) && !this.#healing.has(name),
      dependsOn: Object.fromEntries(inGroup),
    })
  }

  /** Images present, modules read, files digested: anew for each start, since sources may have changed. */
  async #resolve(names: readonly string[]): Promise<void> {
    const services = this.#services()
    await Promise.all(
      names.map(async (name) => {
        const spec = services[name] as ServiceSpec
        const from = JSON.stringify(spec)
        // A pulled image cannot change under us; a build folder and copied files can.
        if (this.#resolved.get(name)?.from === from && spec.build === undefined && spec.files === undefined) return
        const service = await resolveService(this.#context, { topology: this.topology, root: this.#spec.root, name, spec })
        this.#resolved.set(name, { from, service })
      }),
    )
  }

  #joinShared(): void {
    const services = this.#services()
    for (const name of this.#wanted) {
      const resolved = this.#resolved.get(name)?.service
      if (services[name]?.share !== 'run' || resolved === undefined) continue
      const server = this.#shared.join(this.name, name, resolved, services)
      const former = this.#tenancies.get(name)?.server
      if (former === server) continue
      // Two servers must not answer to one name.
      const ready = former === undefined ? this.#enter(name, server) : this.#leave(name, former).then(() => this.#enter(name, server))
      this.#tenancies.set(name, { server, ready })
      // Whoever needs it awaits it; a failure nobody needs is not an unhandled one. A later start tries again.
      ready.catch(() => this.#tenancies.delete(name))
    }
  }

  async #enter(name: string, server: SharedServer): Promise<void> {
    const entered = this.#shared.ready(server).then(() => this.#runTasks(name, server, 'enter', 'make a place for the lane'))
    const linked = this.group.members.networkReady.then(async () => {
      await this.#shared.ready(server)
      await this.#linkShared(name, server, true)
    })
    // A lane of nothing but shared servers has no network to put them on.
    await entered
    const alone = [...this.#wanted].every((other) => this.#services()[other]?.share === 'run')
    if (!alone) await linked
    else linked.catch(() => {})
  }

  /** Places on shared servers that the declaration no longer asks for. */
  async #leaveUndeclared(): Promise<void> {
    for (const [name, { server }] of this.#tenancies) {
      if (this.#services()[name]?.share === 'run') continue
      this.#tenancies.delete(name)
      await this.#leave(name, server)
    }
  }

  /** The declaration asks for another form of the server: the former one goes when no other lane uses it. */
  async #leave(name: string, former: SharedServer): Promise<void> {
    await this.#linkShared(name, former, false)
    await this.#shared.drop(this.name, former)
  }

  async #linkShared(name: string, server: SharedServer, connected: boolean): Promise<void> {
    const holder = this.#shared.group.members.get(server.key)?.holder
    const network = this.group.members.network
    if (holder === undefined || network === undefined) return
    const aliases = [name, ...(server.spec.aliases ?? [])]
    await this.#context.runtime.link({ kind: connected ? 'connect' : 'disconnect', container: holder.id, network, aliases })
  }

  /** A program may start when the shared servers it needs have a place for this lane. */
  async #gate(service: string): Promise<void> {
    const needed = Object.keys(dependencies({ services: this.#services() })[service] ?? {})
    await Promise.all(needed.map((name) => this.#tenancies.get(name)?.ready))
  }

  #mustBeAlone(name: string, server: SharedServer): void {
    const others = [...server.lanes].filter((lane) => lane !== this.name)
    if (others.length === 0) return
    throw new MesocosmError({
      code: 'SERVICE_IN_USE',
      message: `${name} is shared with ${others.join(', ')} and cannot be changed from lane ${this.name}`,
      remedy: `declare it with share: 'lane' where tests change or stop it`,
      facts: { service: name, lane: this.name, others },
    })
  }

  async #tasks(moment: keyof TaskPlan, purpose: string, names: Iterable<string> = this.#wanted): Promise<void> {
    await Promise.all(
      [...names].map(async (name) => {
        const server = this.#tenancies.get(name)?.server
        if (server !== undefined) await this.#shared.ready(server)
        await this.#runTasks(name, server, moment, purpose)
      }),
    )
  }

  /** A service of the lane's own has one tenant, which has its place on it like on a shared one. */
  async #prepare(name: string, program: Program): Promise<void> {
    const resolved = this.#resolved.get(name)?.service
    if (resolved === undefined) return
    await setUp(this.#context, { name, resolved, services: this.#services(), lane: this.#laneRef, program })
    await this.#runTasks(name, undefined, 'enter', 'make a place for the lane')
  }

  async #runTasks(name: string, server: SharedServer | undefined, moment: keyof TaskPlan, purpose: string): Promise<void> {
    const spec = this.#resolved.get(name)?.service.spec
    const tasks = spec?.tasks?.[moment] ?? (moment === 'deepReset' && spec?.tasks?.enter ? [...(spec.tasks.leave ?? []), ...spec.tasks.enter] : undefined)
    if (tasks === undefined) return
    const container = server === undefined ? this.group.members.get(name)?.program?.id : this.#shared.container(server)
    if (container === undefined) return
    const lookup = createLookup({ services: this.#services(), view: 'inside', lane: this.#laneRef }, name)
    await runTasks(this.#context, tasks, { service: name, lane: this.name, container, purpose, resolve: (template) => resolveTemplate(template, lookup) })
  }

  #running(name: string, member: Member | undefined) {
    const program = member?.program
    if (program !== undefined && program.status === 'running') return program
    if (program !== undefined && program.status === 'paused') return program
    throw new MesocosmError({
      code: program === undefined ? 'SERVICE_NOT_STARTED' : 'SERVICE_NOT_RUNNING',
      message: `${name} is not running in lane ${this.name}${program?.exit === undefined ? '' : `: it ended with exit code ${program.exit.exitCode}`}`,
      remedy: program === undefined ? `start it: lane.start('${name}')` : `start it again: ${name}.start()`,
      facts: { service: name, lane: this.name, ...(program?.exit === undefined ? {} : { exitCode: program.exit.exitCode }) },
      lastLogs: program?.log.last() ?? [],
    })
  }

  #addresses(member: Member | undefined, spec: ServiceSpec | undefined): Record<string, Address> {
    const found: Record<string, Address> = {}
    for (const [port, { port: number, protocol = 'tcp' }] of Object.entries(spec?.ports ?? {})) {
      const address = member?.published(number, protocol)
      if (address !== undefined) found[port] = address
    }
    return found
  }
}

const shownState = (member: Member | undefined): ServiceView['state'] => {
  const program = member?.program
  if (program === undefined) return 'unstarted'
  if (program.status === 'running') return program.ready ? 'ready' : 'starting'
  if (program.status === 'paused') return 'paused'
  if (program.status === 'created') return 'preparing'
  return program.stopping ? 'stopped' : 'exited'
}
