import { type Call, causeOf, unlimited } from '../../call/call.ts'
import { failureOf } from '../../errors/outcome.ts'
import { messageOf } from '../../errors/unknown-error.ts'
import { dependents } from '../../graph/order.ts'
import type { ResetDepth } from '../../model/lane-change.ts'
import { own } from '../../model/record.ts'
import type { TopologySpec } from '../../model/service-spec.ts'
import { LaneDebug } from '../debug/lane-debug.ts'
import { LaneDoor } from '../endpoint/lane-door.ts'
import { ServiceGroup } from '../group/service-group.ts'
import type { EngineContext } from '../run/context.ts'
import type { SharedServers } from '../share/shared-servers.ts'
import { Tenancies } from '../share/tenancies.ts'
import { LaneCommands } from './lane-commands.ts'
import { desiredLane } from './lane-desired.ts'
import { LaneSnapshots } from './lane-snapshots.ts'
import { LaneSpec } from './lane-spec.ts'
import { LaneWork } from './lane-work.ts'
import { localEnvIn } from './local-env.ts'
import { ServiceOverrides } from './service-overrides.ts'
import type { ServiceSlot } from './service-slot.ts'
import { createUsedEdges, type UsedEdges } from './used-edges.ts'

/** What a lane is created from. */
export interface LaneOptions {
  readonly name: string
  readonly key: string | undefined
  readonly spec: TopologySpec
}

/** The state of one lane, shared by everything that reads or changes it. */
export class LaneCore {
  readonly context: EngineContext
  readonly name: string
  /** Declared and added services, with their images. */
  readonly spec: LaneSpec
  /** The lane's own containers and network. */
  readonly group: ServiceGroup
  /** Servers of the topology that lanes share. */
  readonly shared: SharedServers
  /** The lane's tenants on the shared servers. */
  readonly tenancies: Tenancies
  /** Snapshots of the data of its services in declared state. */
  readonly snapshots: LaneSnapshots
  /** Services that were requested so far, and their dependencies. */
  readonly wanted = new Set<string>()
  /** Whether the lane is being removed, so that no service is wanted. */
  removed = false
  /** Lets programs on the lane's network reach the Control API. */
  readonly door: LaneDoor
  /** Commands that run next to its services. */
  readonly commands: LaneCommands
  /** Debuggers of its services. */
  readonly debug: LaneDebug
  /** Which of its services have connected to which. */
  readonly edges: UsedEdges
  /** What must be reset before the next use. */
  dirty: ResetDepth | undefined
  /** What made it deep dirty, for the record. */
  dirtyCause: string | undefined
  /** Whether its data cannot be made again, so that another lane must replace it. */
  broken = false
  /** Services whose first start failed: a reset does not start them again. */
  readonly failed = new Set<string>()
  /** What is done to it now. */
  readonly work = new LaneWork()
  readonly #overrides = new Map<string, ServiceOverrides>()

  constructor(context: EngineContext, shared: SharedServers, { name, spec }: LaneOptions) {
    this.context = context
    this.name = name
    this.shared = shared
    this.spec = new LaneSpec(context, spec)
    this.tenancies = new Tenancies(this)
    this.snapshots = new LaneSnapshots(this)
    this.door = new LaneDoor(this)
    this.commands = new LaneCommands(this)
    this.debug = new LaneDebug(this)
    this.edges = createUsedEdges(this)
    this.group = new ServiceGroup(context, {
      name,
      topology: spec.name,
      desired: () => desiredLane(this),
      // A program may start when the shared servers that it needs have a tenant for this lane.
      gate: async (service) => {
        const needed = Object.keys(this.spec.graph[service] ?? {})
        await Promise.all([
          ...needed.map((other) => this.tenancies.ready(other)),
          this.attachTelemetry([service]),
          this.debug.beforeStart(service),
        ])
      },
      starting: (service) => this.overrides(service).debug.starting(service),
      localEnv: (service) => localEnvIn(this, service),
      prepare: (service, program, call) => this.snapshots.prepare(service, program, call),
      networkMade: () => {
        this.tenancies.networkMade()
        void this.attachTelemetry(this.wanted)
        // They use the network, and are no services, so no plan knows them.
        for (const guest of [this.door, this.commands])
          void guest.attach().catch((error: unknown) => {
            using call = unlimited(`the network of lane ${name}`)
            this.noteUndo(guest === this.door ? 'control' : 'command', error, call)
          })
      },
      networkLeaves: async (network) => context.telemetry?.detach(network),
      // They name the lane in logs of shared servers.
      sandboxMade: (service, addresses) => {
        // Processes of this machine all have the same address.
        if (this.tenancies.names.length > 0 && !context.info.processes)
          context.record.events.write('lane.names', { l: name, s: service, keys: addresses })
      },
    })
  }

  /** Lets services with telemetry reach this process, if one of these is. */
  async attachTelemetry(services: Iterable<string>): Promise<void> {
    const { network } = this.group.members
    const isWatched = [...services].some(
      (name) => !this.spec.isShared(name) && own(this.spec.services, name)?.telemetry === true,
    )
    if (isWatched && network !== undefined) await this.context.telemetry?.attach(network)
  }

  /** Throws `SERVICE_UNKNOWN` for an undeclared name. */
  slot(name: string): ServiceSlot {
    this.spec.known(name)
    const server = this.tenancies.server(name)
    if (server !== undefined) {
      const member = this.shared.find(server)
      return { overrides: server.overrides, member, key: server.key, shared: true }
    }
    const member = this.group.members.get(name)
    return {
      overrides: this.overrides(name),
      member,
      key: name,
      shared: this.spec.isShared(name),
    }
  }

  /** Whether a wanted service needs this one, so that it may write to it. */
  isUsed(name: string): boolean {
    return dependents(this.spec.graph, name).some((other) => this.wanted.has(other))
  }

  /** Returns the overrides of a service that is not shared. */
  overrides(name: string): ServiceOverrides {
    let overrides = this.#overrides.get(name)
    if (overrides === undefined) {
      overrides = new ServiceOverrides()
      overrides.isLocal = this.isLocal(name)
      this.#overrides.set(name, overrides)
    }
    return overrides
  }

  /** Whether the service runs as a process of this machine by the lease, whatever calls have changed since. */
  isLocal(name: string): boolean {
    return this.spec.local.has(name)
  }

  /** Sets which services run as processes of this machine from the next start on, and after resets. */
  setLocal(names: Iterable<string>): void {
    this.spec.local = new Set(names)
    for (const [name, overrides] of this.#overrides) overrides.isLocal = this.isLocal(name)
  }

  /** Notes that data may be half-made, so that the next reset is a deep one. */
  spoil(what: string, error: unknown): void {
    this.dirty = 'deep'
    this.dirtyCause ??= `${what} failed: ${failureOf(error).message}`
  }

  /** Records that something could not be undone, and that no caller gets the error. */
  noteUndo(method: string, error: unknown, call: Call, service?: string): void {
    const origin = {
      ...causeOf(call),
      l: this.name,
      ...(service === undefined ? {} : { s: service }),
    }
    this.context.record.events.write('undo', { ...origin, method, error: messageOf(error) })
  }

  clearOverrides(): void {
    for (const overrides of this.#overrides.values()) overrides.clear()
  }

  /** Forgets a service that is no longer part of the lane. */
  drop(name: string): void {
    this.spec.remove(name)
    this.wanted.delete(name)
    this.failed.delete(name)
    this.#overrides.delete(name)
    this.snapshots.forget(name)
  }
}
