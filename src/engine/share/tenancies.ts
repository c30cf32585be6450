import type { Call } from '../../call/call.ts'
import { MesocosmError } from '../../errors/mesocosm-error.ts'
import { laneNames } from '../../plan/lane-names.ts'
import type { LaneCore } from '../lane/lane-core.ts'
import { tasksFor } from '../lane/local-env.ts'
import { settleAll } from '../run/settle-all.ts'
import { type LaneMoment, runLaneTasks } from '../tasks/lane-tasks.ts'
import type { SharedServer } from './desired-servers.ts'

/** A lane's use of one shared server. */
interface Tenancy {
  readonly server: SharedServer
  /** Resolves when the server is ready; rejects if it failed. {@link Tenancies.settle} tries again. */
  up: Promise<void>
  /** Resolves when the tenant exists; rejects if that failed. {@link Tenancies.settle} tries again. */
  arrived: Promise<void>
  /** The container in which the tenant exists. */
  enteredIn: string | undefined
  /** The container in which it was created with its snapshot, which no service has changed. */
  keptIn: string | undefined
  /** The container in which a part of it may exist. */
  triedIn: string | undefined
  /** Attachments to the lane's network, by network and container. */
  readonly links: Map<string, Promise<void>>
  /** Whether it is detached from the lane's network on purpose. */
  disconnected: boolean
}

/** The tenants of one lane on shared servers. */
export class Tenancies {
  readonly #lane: LaneCore
  readonly #all = new Map<string, Tenancy>()

  constructor(lane: LaneCore) {
    this.#lane = lane
  }

  get names(): readonly string[] {
    return [...this.#all.keys()]
  }

  server(name: string): SharedServer | undefined {
    return this.#all.get(name)?.server
  }

  /** Returns the server if no other lane uses it. Throws `SERVICE_IN_USE`. */
  ownServer(name: string): SharedServer | undefined {
    const server = this.server(name)
    const others = [...(server?.lanes ?? [])].filter((lane) => lane !== this.#lane.name)
    if (others.length === 0) return server
    throw new MesocosmError({
      code: 'SERVICE_IN_USE',
      message: `${name} is shared with ${others.join(', ')} and cannot be changed from lane ${this.#lane.name}`,
      remedy: `declare it with share: 'lane' if tests change or stop it`,
      facts: { service: name, lane: this.#lane.name, others },
    })
  }

  /**
   * Leaves servers that are no longer wanted or declared differently, and begins to create tenants on those of `wanted`.
   * Does not wait for them: see {@link ready}.
   */
  async settle(wanted: Iterable<string>, call: Call): Promise<void> {
    const { name: lane, shared, spec: own } = this.#lane
    for (const name of this.names) if (!own.isShared(name)) await this.leave(name, call)
    if (this.#all.size > 0) await shared.observe(call)
    this.#forgetLostLinks()
    for (const name of wanted) {
      const resolved = own.resolved(name)
      if (!own.isShared(name) || resolved === undefined) continue
      const isLocal = this.#lane.isLocal(name)
      const server = shared.join(lane, name, { resolved, services: own.services, isLocal })
      const former = this.#all.get(name)
      // Two servers must not have the same name on one network.
      if (former !== undefined && former.server !== server) await this.leave(name, call)
      this.#arrive(name, server, call)
    }
  }

  /** Creates the tenant again if the server's container was replaced. */
  async renew(name: string, call: Call): Promise<void> {
    const tenancy = this.#all.get(name)
    if (tenancy === undefined) return
    this.#arrive(name, tenancy.server, call)
    await this.ready(name)
  }

  /** Resolves when the server is ready, the tenant exists, and the server is on the lane's network, if there is one. */
  async ready(name: string): Promise<void> {
    const tenancy = this.#all.get(name)
    if (tenancy !== undefined) await Promise.all([tenancy.arrived, this.#link(name, tenancy)])
  }

  /** Attaches the servers to the lane's new network, in the background. */
  networkMade(): void {
    for (const name of this.#all.keys()) void this.ready(name).catch(ignored)
  }

  /** Attaches the server to the lane's network, or detaches it. */
  async setConnected(name: string, connected: boolean): Promise<void> {
    const tenancy = this.#all.get(name)
    if (tenancy === undefined) return
    tenancy.disconnected = !connected
    await (connected ? this.#link(name, tenancy) : this.#unlink(tenancy))
  }

  /** Attaches detached servers again. */
  async reconnect(): Promise<void> {
    for (const [name, { disconnected }] of this.#all)
      if (disconnected) await this.setConnected(name, true)
  }

  /** Whether the tenant was created with its snapshot, so that the first one need not be taken. */
  async isKept(name: string): Promise<boolean> {
    const tenancy = this.#all.get(name)
    if (tenancy === undefined) return false
    await tenancy.arrived
    return tenancy.keptIn === this.#lane.shared.container(tenancy.server)
  }

  /** Runs tasks for the lane on its shared server. */
  async run(moment: LaneMoment, name: string, call: Call): Promise<void> {
    const tenancy = this.#all.get(name)
    if (tenancy === undefined) return
    await tenancy.arrived
    await this.#run(moment, name, tenancy.server, call)
  }

  /** Drops the tenant on one server; the server is removed when no other lane uses it. */
  async leave(name: string, call: Call): Promise<void> {
    const tenancy = this.#all.get(name)
    if (tenancy === undefined) return
    this.#all.delete(name)
    const { name: lane, shared } = this.#lane
    const drop = async () => {
      if (tenancy.server.lanes.size > 1) await this.#dropTenant(name, tenancy, call)
    }
    // The lane is off the server even if its tenant could not be dropped.
    const [dropped] = await Promise.allSettled([drop()])
    await this.#unlink(tenancy)
    await shared.drop(lane, tenancy.server, call)
    if (dropped.status === 'rejected') throw dropped.reason
  }

  /** Drops all tenants; the servers stay. */
  async end(call: Call): Promise<void> {
    const { name: lane, shared } = this.#lane
    const dropped = settleAll(
      [...this.#all].map(async ([name, tenancy]) => {
        const [tenant] = await Promise.allSettled([this.#dropTenant(name, tenancy, call)])
        await this.#unlink(tenancy)
        if (tenant.status === 'rejected') throw tenant.reason
      }),
    )
    const [result] = await Promise.allSettled([dropped])
    // The lane is off the servers even if a tenant could not be dropped.
    this.#all.clear()
    shared.leave(lane)
    if (result.status === 'rejected') throw result.reason
  }

  // ---

  #arrive(name: string, server: SharedServer, call: Call): void {
    const known = this.#all.get(name)
    const tenancy = known ?? {
      server,
      up: Promise.resolve(),
      arrived: Promise.resolve(),
      enteredIn: undefined,
      keptIn: undefined,
      triedIn: undefined,
      links: new Map(),
      disconnected: false,
    }
    this.#all.set(name, tenancy)
    // One after the other, so that a tenant is created once.
    const former = tenancy.arrived.catch(ignored)
    tenancy.up = former.then(() => this.#lane.shared.ready(server, call))
    tenancy.arrived = tenancy.up.then(() => this.#enter(name, tenancy, call))
    // Callers that wait for it get the error; without a caller it must not be an unhandled rejection.
    tenancy.arrived.catch(ignored)
  }

  async #enter(name: string, tenancy: Tenancy, call: Call): Promise<void> {
    const container = this.#lane.shared.container(tenancy.server)
    if (tenancy.enteredIn === container) return
    // What a failed attempt left would make the next one fail as well. It may have left nothing to drop.
    if (tenancy.triedIn === container)
      await this.#run('leave', name, tenancy.server, call).catch(ignored)
    tenancy.triedIn = container
    this.#noteNames(name, tenancy.server)
    const alone = tenancy.server.spec.tasks?.enterAlone !== undefined && !this.#lane.isUsed(name)
    await this.#run(alone ? 'enterAlone' : 'enter', name, tenancy.server, call)
    tenancy.enteredIn = container
    tenancy.keptIn = alone ? container : undefined
  }

  /** Its log has lines of all lanes. */
  #noteNames(service: string, { key, spec }: SharedServer): void {
    const { name: lane, context, shared, spec: own } = this.#lane
    const services = { ...own.complete, [service]: spec }
    const keys = laneNames(services, service, lane)
    context.record.events.write('lane.names', { l: lane, s: key, on: shared.group.name, keys })
  }

  async #dropTenant(name: string, tenancy: Tenancy, call: Call): Promise<void> {
    await tenancy.arrived.catch(ignored)
    if (tenancy.enteredIn === undefined) return
    if (tenancy.enteredIn !== this.#lane.shared.find(tenancy.server)?.program?.id) return
    await this.#run('leave', name, tenancy.server, call)
  }

  #run(moment: LaneMoment, name: string, server: SharedServer, call: Call): Promise<void> {
    const { name: lane, shared, spec: own } = this.#lane
    const container = shared.container(server)
    return runLaneTasks(this.#lane.context, moment, {
      lane,
      service: name,
      services: own.complete,
      container,
      call,
      ...tasksFor(this.#lane, name, server.spec, shared.find(server)),
    })
  }

  async #link(name: string, tenancy: Tenancy): Promise<void> {
    if (this.#lane.group.members.network === undefined || tenancy.disconnected) return
    await tenancy.up
    const at = this.#linkOf(tenancy)
    if (at === undefined || tenancy.disconnected) return
    let link = tenancy.links.get(at.key)
    if (link === undefined) {
      const aliases = [name, ...(tenancy.server.spec.aliases ?? [])]
      link = this.#lane.context.runtime.attach({ ...at.ends, aliases })
      tenancy.links.set(at.key, link)
      link.catch(() => tenancy.links.delete(at.key))
    }
    await link
  }

  /** Another process may have taken a server off the lane's network. */
  #forgetLostLinks(): void {
    const { network } = this.#lane.group.members
    for (const tenancy of this.#all.values()) {
      const { state } = this.#lane.shared.find(tenancy.server)?.sandbox ?? {}
      const at = this.#linkOf(tenancy)
      if (at !== undefined && !Object.hasOwn(state?.addresses ?? {}, network ?? ''))
        tenancy.links.delete(at.key)
    }
  }

  async #unlink(tenancy: Tenancy): Promise<void> {
    const at = this.#linkOf(tenancy)
    const link = at === undefined ? undefined : tenancy.links.get(at.key)
    if (at === undefined || link === undefined) return
    await link.catch(ignored)
    tenancy.links.delete(at.key)
    await this.#lane.context.runtime.detach(at.ends)
  }

  #linkOf({ server }: Tenancy) {
    const container = this.#lane.shared.find(server)?.sandbox?.id
    const network = this.#lane.group.members.network
    if (container === undefined || network === undefined) return undefined
    return { key: `${network} ${container}`, ends: { container, network } }
  }
}

/** Ignores a failure that another caller gets. */
const ignored = () => {}
