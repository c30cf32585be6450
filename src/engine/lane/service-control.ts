import { attachSecondary } from '../../errors/attach-secondary.ts'
import { dependents } from '../../graph/order.ts'
import type { EnvOverrides } from '../../model/lane-change.ts'
import type { EngineContext } from '../context.ts'
import type { Member } from '../group-members.ts'
import type { Program } from '../program.ts'
import type { ServiceGroup } from '../service-group.ts'
import { notRunning, throwFirst } from './lane-errors.ts'
import type { LaneSnapshots } from './lane-snapshots.ts'
import type { LaneSpec } from './lane-spec.ts'
import type { ServiceOverrides } from './service-overrides.ts'
import type { SharedServers } from './shared-servers.ts'
import type { Tenancies } from './tenancies.ts'

/** Where a service's state and containers are kept. */
export interface ServiceSlot {
  readonly state: ServiceOverrides
  readonly member: Member | undefined
  /** Its name in its group. */
  readonly key: string
  readonly shared: boolean
}

/** What control needs of its lane. */
interface ControlledLane {
  readonly name: string
  readonly form: LaneSpec
  readonly group: ServiceGroup
  readonly shared: SharedServers
  readonly tenancies: Tenancies
  readonly data: LaneSnapshots
  /** Services asked for so far, with what they need. */
  readonly wanted: ReadonlySet<string>
  /** Throws `SERVICE_UNKNOWN`. */
  at(service: string): ServiceSlot
  start(services: readonly string[]): Promise<void>
}

/** Grace of `stop()` and `restart()` where the service declares none. */
const defaultStopTimeoutMs = 2_000

/**
 * What tests ask of one service of a lane: another environment, restarts, stops, pauses, a cut network.
 * Each is a change of what is wanted; the lane's group, or the shared server, is then brought there.
 */
export class ServiceControl {
  readonly #context: EngineContext
  readonly #lane: ControlledLane

  constructor(context: EngineContext, lane: ControlledLane) {
    this.#context = context
    this.#lane = lane
  }

  /**
   * Changes a service's environment and waits until it runs with it. After a failure the former environment is back.
   * The change can be dropped again by the returned number; else it stays until the reset.
   */
  async changeEnv(
    name: string,
    patch: EnvOverrides,
    options: { readonly dependents: boolean },
  ): Promise<{ readonly id: number }> {
    const { state } = this.#own(name)
    const id = state.patchEnv(patch)
    try {
      await this.#bring(name, options)
    } catch (error) {
      // The first error tells what was wrong; that the way back failed too is noted beside it.
      if (state.dropEnv(id))
        await this.#bring(name, options).catch((second: unknown) => attachSecondary(error, second))
      throw error
    }
    return { id }
  }

  async dropEnv(
    name: string,
    id: number,
    options: { readonly dependents: boolean },
  ): Promise<void> {
    // A reset in between has dropped it already.
    if (this.#own(name).state.dropEnv(id)) await this.#bring(name, options)
  }

  async restart(name: string, graceMs?: number): Promise<void> {
    const { state } = this.#own(name)
    state.run = 'running'
    state.graceMs = graceMs ?? this.#lane.form.known(name).stopTimeoutMs ?? defaultStopTimeoutMs
    try {
      await this.#bring(name, { restart: true })
    } finally {
      state.graceMs = undefined
    }
  }

  async stop(name: string, graceMs?: number): Promise<void> {
    const { state } = this.#own(name)
    state.run = 'stopped'
    state.graceMs = graceMs
    try {
      await this.#bring(name, { heal: false })
    } finally {
      state.graceMs = undefined
    }
  }

  async startAgain(name: string): Promise<void> {
    const { state } = this.#own(name)
    if (!this.#lane.wanted.has(name)) return this.#lane.start([name])
    state.run = 'running'
    await this.#bring(name)
  }

  async kill(name: string, signal: `SIG${string}`): Promise<void> {
    const { state, member } = this.#own(name)
    const program = runningProgram({ service: name, lane: this.#lane.name }, member)
    if (signal !== 'SIGKILL') return this.#context.runtime.signal(program.id, signal)
    state.run = 'stopped'
    await program.stop(0)
  }

  async setPaused(name: string, paused: boolean): Promise<void> {
    const { state, member } = this.#own(name)
    runningProgram({ service: name, lane: this.#lane.name }, member)
    state.run = paused ? 'paused' : 'running'
    await this.#bring(name)
  }

  async setConnected(name: string, connected: boolean): Promise<void> {
    const { state, shared } = this.#lane.at(name)
    // Only this lane's network is left.
    if (shared) return this.#lane.tenancies.setConnected(name, connected)
    state.disconnected = !connected
    await this.#bring(name)
  }

  // ---

  /** Where it is kept, if no other lane would feel a change of it. */
  #own(name: string): ServiceSlot {
    this.#lane.tenancies.ownServer(name)
    return this.#lane.at(name)
  }

  /** Converges what a change of one service concerns, and throws if that service failed. */
  async #bring(
    name: string,
    options: {
      readonly restart?: boolean
      readonly dependents?: boolean
      readonly heal?: boolean
    } = {},
  ): Promise<void> {
    const { member, shared } = this.#own(name)
    if (options.heal !== false) member?.program?.clearCrash()
    if (shared) await this.#bringShared(name, options)
    else {
      const failures = await this.#lane.group.converge({
        ...(options.restart ? { restart: [name] } : {}),
        ...(options.dependents ? { restartDependentsOf: [name] } : {}),
      })
      throwFirst(failures, options.dependents ? [...this.#lane.wanted] : [name])
    }
    // A new container has forgotten.
    await this.#lane.data.catchUp()
  }

  async #bringShared(
    name: string,
    options: { readonly restart?: boolean; readonly dependents?: boolean },
  ): Promise<void> {
    const server = this.#lane.tenancies.server(name)
    if (server === undefined) return
    const before = this.#lane.shared.container(server)
    const failure = await this.#lane.shared.converge(server, { restart: options.restart ?? false })
    if (failure !== undefined) throw failure
    if (server.state.run !== 'stopped') await this.#lane.tenancies.renew(name)
    const unchanged = !options.restart && this.#lane.shared.container(server) === before
    if (!options.dependents || unchanged) return
    const restart = dependents(this.#lane.form.graph, name).filter(
      (other) => this.#lane.group.members.get(other)?.program?.status === 'running',
    )
    throwFirst(await this.#lane.group.converge({ restart }), [...this.#lane.wanted])
  }
}

/** @throws {MesocosmError} `SERVICE_NOT_RUNNING` */
export const runningProgram = (
  where: { readonly service: string; readonly lane: string },
  member: Member | undefined,
): Program => {
  const program = member?.program
  if (program !== undefined && (program.status === 'running' || program.status === 'paused'))
    return program
  throw notRunning(where, program)
}
