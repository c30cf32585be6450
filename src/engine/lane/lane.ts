import { setImmediate } from 'node:timers/promises'
import { attachSecondary } from '../../errors/attach-secondary.ts'
import { closure } from '../../graph/order.ts'
import type { ExecRequest, ExecResult } from '../../model/exec.ts'
import type { ResetDepth } from '../../model/lane-change.ts'
import type { ServiceSpec, TopologySpec } from '../../model/service-spec.ts'
import type { ServiceView } from '../../model/service-view.ts'
import type { DesiredService, DesiredState } from '../../plan/desired.ts'
import type { Plan } from '../../plan/plan.ts'
import { validateTopology } from '../../schema/validate.ts'
import type { EngineContext } from '../context.ts'
import { ServiceGroup } from '../service-group.ts'
import { isDeclared, isMentioned, nameTaken, throwFirst } from './lane-errors.ts'
import { LaneSnapshots } from './lane-snapshots.ts'
import { LaneSpec } from './lane-spec.ts'
import { runningProgram, ServiceControl, type ServiceSlot } from './service-control.ts'
import { ServiceOverrides } from './service-overrides.ts'
import { shownOutputs, shownState } from './service-view.ts'
import type { SharedServers } from './shared-servers.ts'
import { Tenancies } from './tenancies.ts'
import { toDesiredService } from './to-desired-service.ts'

/**
 * One isolated copy of the topology. Holds what is wanted (declaration, additions, what tests asked)
 * and brings its group of containers there; shared servers give it a place of its own.
 */
export class Lane {
  readonly name: string
  readonly topology: string
  readonly key: string | undefined
  readonly group: ServiceGroup
  /** Changes of single services. */
  readonly control: ServiceControl
  /** What the next sandbox must have reset before use. */
  dirty: ResetDepth | undefined
  readonly #context: EngineContext
  readonly #shared: SharedServers
  readonly #form: LaneSpec
  readonly #tenancies: Tenancies
  readonly #data: LaneSnapshots
  readonly #states = new Map<string, ServiceOverrides>()
  /** Services asked for so far, with what they need. */
  readonly #wanted = new Set<string>()
  #removed = false

  constructor(
    context: EngineContext,
    shared: SharedServers,
    options: {
      readonly name: string
      readonly key: string | undefined
      readonly spec: TopologySpec
    },
  ) {
    this.#context = context
    this.#shared = shared
    this.name = options.name
    this.key = options.key
    this.topology = options.spec.name
    this.#form = new LaneSpec(context, options.spec)
    this.group = new ServiceGroup(context, {
      name: options.name,
      topology: options.spec.name,
      desired: () => this.#desired(),
      gate: (service) => this.#gate(service),
      prepare: (service, program) => this.#data.prepare(service, program),
      networkMade: () => this.#tenancies.networkMade(),
    })
    this.#tenancies = new Tenancies(context, {
      lane: options.name,
      shared,
      form: this.#form,
      network: () => this.group.members.network,
    })
    this.#data = new LaneSnapshots(context, {
      lane: options.name,
      form: this.#form,
      tenancies: this.#tenancies,
      memberOf: (service) => this.#at(service).member,
    })
    this.control = new ServiceControl(context, {
      name: options.name,
      form: this.#form,
      group: this.group,
      shared,
      tenancies: this.#tenancies,
      data: this.#data,
      wanted: this.#wanted,
      at: (service) => this.#at(service),
      start: (services) => this.start(services),
    })
  }

  get spec(): TopologySpec {
    return this.#form.spec
  }

  /** Takes another form of the topology; what is running is reconciled at the next start. */
  adopt(spec: TopologySpec): void {
    this.#form.adopt(spec)
    for (const name of [...this.#wanted]) if (!this.#form.has(name)) this.#drop(name)
  }

  /**
   * Starts these services (default all) and what they need; returns when they are ready. A crashed one is started
   * again; one that was stopped on purpose only when it is named.
   */
  async start(names?: readonly string[]): Promise<void> {
    for (const name of names ?? []) this.#at(name)
    const asked = closure(this.#form.graph, names ?? Object.keys(this.#form.services))
    const fresh = asked.filter((name) => this.#at(name).member?.program === undefined)
    for (const name of asked) this.#wanted.add(name)
    for (const name of names ?? []) {
      const { state } = this.#at(name)
      if (state.run === 'stopped') state.run = 'running'
    }
    const unresolved = await this.#form.resolve(this.#wanted)
    throwFirst(unresolved, asked)
    this.#clearCrash(asked)
    await this.#tenancies.settle(this.#wanted)
    // Servers are the longest way: their first steps shall reach the engine before ours do.
    if (this.#tenancies.names.length > 0) await setImmediate()
    const failures = await this.group.converge()
    await this.#arrived(asked)
    throwFirst(failures, asked)
    // What it needs as well: a program may have written there at its start. Not others, which a test may have used,
    // and only itself when it was added: a reset takes it away, so what it wrote elsewhere shall go too.
    const declared = fresh.filter((name) => !this.#form.added.includes(name))
    await this.#data.remember(new Set([...closure(this.#form.graph, declared), ...fresh]))
  }

  /**
   * The plans for bringing this form of the topology up, shared servers first. Only for the one who holds the lane.
   * Nothing is changed, but images are made present.
   */
  async plan(spec: TopologySpec): Promise<readonly Plan[]> {
    const form = this.#form.with(spec)
    const wanted = Object.keys(form.services)
    throwFirst(await form.resolve(wanted), wanted)
    const shared = wanted.flatMap((service) => {
      const resolved = form.resolved(service)
      return form.isShared(service) && resolved !== undefined
        ? [{ service, resolved, services: form.services }]
        : []
    })
    return [
      this.#shared.plan(this.name, shared),
      this.group.plan(this.#desired(form, new Set(wanted))),
    ]
  }

  /** A sidecar joins: started, ready, on the lane's network. */
  async add(name: string, service: ServiceSpec): Promise<void> {
    if (this.#form.has(name)) throw nameTaken({ service: name, lane: this.name })
    const { spec } = this.#form
    validateTopology({ ...spec, services: { ...spec.services, [name]: service } })
    this.#form.add(name, service)
    try {
      await this.start([name])
    } catch (error) {
      await this.remove(name).catch((second: unknown) => attachSecondary(error, second))
      throw error
    }
  }

  /** Only what was added can be removed: what is declared can be stopped. */
  async remove(name: string): Promise<void> {
    this.#form.known(name)
    const mentions = this.#form.mentions(name)
    const where = { service: name, lane: this.name }
    if (!this.#form.added.includes(name)) throw isDeclared(where)
    if (mentions.length > 0) throw isMentioned(where, mentions)
    this.#drop(name)
    throwFirst(await this.group.converge(), [name])
    await this.#tenancies.leave(name)
  }

  /** Declared state again: services, environment, data. `deep` makes all programs and data anew. */
  async reset(level: ResetDepth): Promise<void> {
    const start = performance.now()
    // Until all is done: half a reset is not to be trusted.
    this.dirty = 'deep'
    for (const name of this.#form.added) this.#drop(name)
    await this.#restoreShared()
    for (const state of this.#states.values()) state.clear()
    const wanted = [...this.#wanted]
    this.#clearCrash(wanted)
    throwFirst(await this.#form.resolve(wanted), wanted)
    await this.#tenancies.settle(wanted)
    if (level === 'deep') {
      // Data first: programs then start on it. Clients of the old data are about to end anyway,
      // and one that ends by itself because that data goes has not failed.
      for (const name of wanted) this.group.members.get(name)?.program?.clearCrash()
      await this.#data.run('deepReset', this.#tenancies.names)
      const force = wanted.filter((name) => !this.#form.isShared(name))
      throwFirst(await this.group.converge({ force }), wanted)
      await this.#arrived(wanted)
      await this.#data.remember(wanted)
    } else {
      throwFirst(await this.group.converge(), wanted)
      await this.#arrived(wanted)
      await this.#data.restore(wanted)
    }
    this.dirty = undefined
    const ms = Math.round(performance.now() - start)
    this.#context.record.events.write('lane.reset', { l: this.name, level, ms })
    this.#context.progress({ kind: 'lane', lane: this.name, state: 'reset' })
  }

  async exec(
    name: string,
    request: ExecRequest,
    options: { readonly timeoutMs: number; readonly signal: AbortSignal },
  ): Promise<ExecResult> {
    const { member } = this.#at(name)
    return this.#context.runtime.exec(
      runningProgram({ service: name, lane: this.name }, member).id,
      request,
      options,
    )
  }

  view(): ServiceView[] {
    return Object.keys(this.#form.services).map((name) => this.viewOf(name))
  }

  viewOf(name: string): ServiceView {
    const { member, key, shared } = this.#at(name)
    const exit = member?.program?.exit
    return {
      name,
      state: shownState(member),
      outputs: shownOutputs(
        name,
        this.name,
        this.#form.complete,
        (other) => this.#at(other).member,
      ),
      env: this.#envOf(name),
      ...(exit === undefined ? {} : { exitCode: exit.exitCode }),
      logLane: shared ? this.#shared.group.name : this.name,
      logName: key,
    }
  }

  /** Ends everything of the lane. Shared servers stay, and forget it. */
  async end(options: { readonly serversEndToo: boolean }): Promise<void> {
    this.#removed = true
    // Its containers go also where a place could not be given back; that is told afterwards.
    const places = options.serversEndToo ? Promise.resolve() : this.#tenancies.end()
    const [given] = await Promise.allSettled([places])
    await this.group.remove()
    if (given.status === 'rejected') throw given.reason
    this.#context.progress({ kind: 'lane', lane: this.name, state: 'removed' })
  }

  // ---

  /** Where a service's state and containers are kept: here, or with its shared server. */
  #at(name: string): ServiceSlot {
    this.#form.known(name)
    const server = this.#tenancies.server(name)
    if (server !== undefined) {
      const member = this.#shared.find(server)
      return { state: server.state, member, key: server.key, shared: true }
    }
    let state = this.#states.get(name)
    if (state === undefined) {
      state = new ServiceOverrides()
      this.#states.set(name, state)
    }
    const member = this.group.members.get(name)
    return { state, member, key: name, shared: this.#form.isShared(name) }
  }

  /** What this lane alone has asked of shared servers is dropped. */
  async #restoreShared(): Promise<void> {
    for (const name of this.#tenancies.names) {
      const server = this.#tenancies.server(name)
      if (server === undefined || server.state.pristine) continue
      server.state.clear()
      const failure = await this.#shared.converge(server)
      if (failure !== undefined) throw failure
    }
    await this.#tenancies.reconnect()
  }

  /** Crashed programs shall run again; a job that has done its work is no crash. */
  #clearCrash(names: Iterable<string>): void {
    for (const name of names) {
      const { program } = this.group.members.get(name) ?? {}
      if (program === undefined || !program.crashed) continue
      const isDone =
        program.exit?.exitCode === 0 && this.#desiredServiceOf(name)?.ready === undefined
      if (!isDone) program.clearCrash()
    }
  }

  #drop(name: string): void {
    this.#form.remove(name)
    this.#wanted.delete(name)
    this.#states.delete(name)
    this.#data.forget(name)
  }

  #desired(form = this.#form, wanted: ReadonlySet<string> = this.#wanted): DesiredState {
    const services = this.#removed
      ? []
      : [...wanted].flatMap((name) => this.#desiredServiceOf(name, form, wanted) ?? [])
    return {
      group: this.name,
      services: Object.fromEntries(services.map((service) => [service.name, service])),
    }
  }

  /** `undefined` for what is shared, and for what could not be resolved. */
  #desiredServiceOf(
    name: string,
    form = this.#form,
    wanted: ReadonlySet<string> = this.#wanted,
  ): DesiredService | undefined {
    const resolved = form.resolved(name)
    if (resolved === undefined || form.isShared(name)) return undefined
    const inGroup = Object.entries(form.graph[name] ?? {}).filter(
      ([other]) => wanted.has(other) && !form.isShared(other),
    )
    return toDesiredService({
      name,
      resolved,
      services: form.complete,
      lane: { name: this.name },
      state: this.#states.get(name) ?? new ServiceOverrides(),
      crashed: this.group.members.get(name)?.program?.crashed ?? false,
      dependsOn: Object.fromEntries(inGroup),
    })
  }

  #envOf(name: string): Readonly<Record<string, string>> {
    if (!this.#wanted.has(name)) return {}
    const server = this.#tenancies.server(name)
    return server === undefined
      ? (this.#desiredServiceOf(name)?.program.env ?? {})
      : this.#shared.env(server)
  }

  /** A program may start when the shared servers it needs have a place for this lane. */
  async #gate(service: string): Promise<void> {
    const needed = Object.keys(this.#form.graph[service] ?? {})
    await Promise.all(needed.map((name) => this.#tenancies.ready(name)))
  }

  /** Waits for all of them before it throws. */
  async #arrived(names: readonly string[]): Promise<void> {
    const all = await Promise.allSettled(names.map((name) => this.#tenancies.ready(name)))
    for (const result of all) if (result.status === 'rejected') throw result.reason
  }
}
