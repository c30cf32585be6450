import { type Call, causeOf } from '../../call/call.ts'
import { failureOf } from '../../errors/outcome.ts'
import { messageOf } from '../../errors/unknown-error.ts'
import type { ResetDepth } from '../../model/lane-change.ts'
import type { TopologySpec } from '../../model/service-spec.ts'
import { ServiceGroup } from '../group/service-group.ts'
import type { EngineContext } from '../run/context.ts'
import type { SharedServers } from '../share/shared-servers.ts'
import { Tenancies } from '../share/tenancies.ts'
import { desiredLane } from './lane-desired.ts'
import { LaneSnapshots } from './lane-snapshots.ts'
import { LaneSpec } from './lane-spec.ts'
import { LaneWork } from './lane-work.ts'
import { ServiceOverrides } from './service-overrides.ts'
import type { ServiceSlot } from './service-slot.ts'

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
    this.group = new ServiceGroup(context, {
      name,
      topology: spec.name,
      desired: () => desiredLane(this),
      // A program may start when the shared servers that it needs have a tenant for this lane.
      gate: async (service) => {
        const needed = Object.keys(this.spec.graph[service] ?? {})
        await Promise.all(needed.map((other) => this.tenancies.ready(other)))
      },
      prepare: (service, program, call) => this.snapshots.prepare(service, program, call),
      networkMade: () => this.tenancies.networkMade(),
    })
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

  /** Returns the overrides of a service that is not shared. */
  overrides(name: string): ServiceOverrides {
    let overrides = this.#overrides.get(name)
    if (overrides === undefined) {
      overrides = new ServiceOverrides()
      this.#overrides.set(name, overrides)
    }
    return overrides
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
