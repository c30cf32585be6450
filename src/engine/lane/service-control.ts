import { type Call, causeOf, unlimited } from '../../call/call.ts'
import { asDebuggerMissing } from '../../debug/debugger-missing.ts'
import { attachSecondary } from '../../errors/attach-secondary.ts'
import { dependents } from '../../graph/order.ts'
import type { EnvOverrides } from '../../model/lane-change.ts'
import type { ReconcileOptions } from '../../plan/reconcile.ts'
import type { DebugAsker, DebugRequest } from '../debug/debug-requests.ts'
import { isLaunchedForDebugging } from '../debug/launch-program.ts'
import type { Failures } from '../group/service-group.ts'
import { isImageMissing } from '../image/image-missing.ts'
import type { LaneCore } from './lane-core.ts'
import { differenceOf, environmentOf } from './lane-desired.ts'
import { throwFirst } from './lane-errors.ts'
import { localSpecFor, localSpecNow, type SwapRequest } from './local-program.ts'
import { noteSwap } from './note-swap.ts'
import { runningProgram } from './running-program.ts'
import type { ServiceSlot } from './service-slot.ts'
import { defaultStopTimeoutMs } from './to-desired-service.ts'

/**
 * Changes of one service: environment, restart, stop, kill, pause, network.
 * Each changes the desired state; then the lane's group, or the shared server, converges.
 */
export class ServiceControl {
  readonly #lane: LaneCore
  readonly #start: (services: readonly string[], call: Call) => Promise<void>

  /** @param start starts services that were not requested yet. */
  constructor(lane: LaneCore, start: (services: readonly string[], call: Call) => Promise<void>) {
    this.#lane = lane
    this.#start = start
  }

  /**
   * Changes a service's environment and waits until the service runs with it. A failure restores the former one.
   *
   * @param options.stacked whether the caller will drop the change by the returned id; for the record.
   * @returns id for {@link dropEnv}; a change that is not dropped stays until the reset.
   */
  async changeEnv(
    name: string,
    patch: EnvOverrides,
    options: { readonly dependents: boolean; readonly stacked?: boolean },
    call: Call,
  ): Promise<{ readonly id: number }> {
    const { overrides } = this.#own(name)
    const before = environmentOf(this.#lane, name)
    const id = overrides.patchEnv(patch)
    try {
      await this.#bring(name, call, options)
    } catch (error) {
      if (overrides.dropEnv(id)) await this.#restore('withEnv', name, options, call, error)
      throw error
    }
    this.#noteEnv(name, before, call, options.stacked)
    return { id }
  }

  /**
   * Replaces all changes of a service's environment by this one, or by none, and waits until the service runs with it.
   * A failure restores the former ones.
   */
  async replaceEnv(
    name: string,
    patch: EnvOverrides,
    options: { readonly dependents: boolean },
    call: Call,
  ): Promise<void> {
    const { overrides } = this.#own(name)
    const before = environmentOf(this.#lane, name)
    const undo = overrides.replaceEnv(patch)
    try {
      await this.#bring(name, call, options)
    } catch (error) {
      undo()
      await this.#restore('withEnv', name, options, call, error)
      throw error
    }
    this.#noteEnv(name, before, call)
  }

  async dropEnv(
    name: string,
    id: number,
    options: { readonly dependents: boolean },
    call: Call,
  ): Promise<void> {
    const { overrides } = this.#own(name)
    const before = environmentOf(this.#lane, name)
    // A reset in between has already dropped it.
    if (!overrides.dropEnv(id)) return
    await this.#change(name, call, options)
    this.#noteEnv(name, before, call)
  }

  /**
   * Lets a process of this machine take the place of a service's container, and waits until it is ready at the same
   * addresses. A failure brings back what ran before.
   *
   * @param options.stacked whether the caller will drop the swap by the returned id; for the record.
   * @returns id for {@link dropSwap}; a swap that is not dropped stays until the reset.
   * @throws {MesocosmError} `LOCAL_UNSUPPORTED`, and what a start can throw.
   */
  async swap(name: string, request: SwapRequest, call: Call): Promise<{ readonly id: number }> {
    const { overrides } = this.#own(name)
    const spec = this.#lane.spec.complete[name] ?? {}
    const local = localSpecFor(name, spec, request, this.#lane.spec.spec.root)
    const id = overrides.swap(local)
    try {
      await this.#bring(name, call)
    } catch (error) {
      if (overrides.dropSwap(id)) await this.#restore('swap', name, {}, call, error)
      throw error
    }
    noteSwap(this.#lane, name, local, call)
    return { id }
  }

  /** Ends a swap: what the service ran as before takes its place again. */
  async dropSwap(name: string, id: number, call: Call): Promise<void> {
    const { overrides } = this.#own(name)
    // A reset in between has already dropped it.
    if (!overrides.dropSwap(id)) return
    await this.#change(name, call)
    const spec = this.#lane.spec.complete[name] ?? {}
    const { processes = false } = this.#lane.context.info
    noteSwap(this.#lane, name, localSpecNow(spec, overrides, processes), call)
  }

  async restart(name: string, graceMs: number | undefined, call: Call): Promise<void> {
    const { overrides } = this.#own(name)
    overrides.run = 'running'
    overrides.graceMs = graceMs ?? this.#lane.spec.known(name).stopTimeoutMs ?? defaultStopTimeoutMs
    try {
      await this.#change(name, call, { restart: true })
    } finally {
      overrides.graceMs = undefined
    }
  }

  async stop(name: string, graceMs: number | undefined, call: Call): Promise<void> {
    const { overrides } = this.#own(name)
    overrides.run = 'stopped'
    overrides.graceMs = graceMs
    try {
      await this.#change(name, call, { heal: false })
    } finally {
      overrides.graceMs = undefined
    }
  }

  async startAgain(name: string, call: Call): Promise<void> {
    const { overrides } = this.#own(name)
    if (!this.#lane.wanted.has(name)) return this.#start([name], call)
    overrides.run = 'running'
    await this.#change(name, call)
  }

  async kill(name: string, signal: `SIG${string}`, call: Call): Promise<void> {
    const { overrides, member } = this.#own(name)
    const program = await runningProgram({ service: name, lane: this.#lane.name }, member)
    program.cause = { ...causeOf(call), by: signal === 'SIGKILL' ? 'kill' : 'signal' }
    if (signal !== 'SIGKILL') return this.#lane.context.runtime.signal(program.id, signal)
    overrides.run = 'stopped'
    await program.stop(0, { signal: call.signal })
    call.assertOpen()
  }

  async setPaused(name: string, paused: boolean, call: Call): Promise<void> {
    const { overrides, member } = this.#own(name)
    await runningProgram({ service: name, lane: this.#lane.name }, member)
    overrides.run = paused ? 'paused' : 'running'
    await this.#change(name, call)
  }

  /**
   * Lets debuggers reach the program of a service, until {@link endDebug} by the same one. Where that needs another
   * environment or command, the program is created again; with `break` it starts again in any case, and this resolves
   * when a debugger has let it go on and it is ready. A failure restores what was.
   */
  async debug(name: string, by: DebugAsker, request: DebugRequest, call: Call): Promise<void> {
    const { overrides } = this.#lane.slot(name)
    const before = changesProgram(this.#lane, name)
    const undo = overrides.debug.ask(by, request)
    if (!before && !changesProgram(this.#lane, name)) return
    using _call = overrides.debug.calling()
    try {
      await this.#bringDebug(name, call, request)
    } catch (error) {
      undo()
      await this.#restore('debug', name, {}, call, error)
      throw asDebuggerMissing(error, name, this.#lane.spec.known(name).debug?.kind)
    }
  }

  /** A no-op for one that does not debug the service. */
  async endDebug(name: string, by: DebugAsker, call: Call): Promise<void> {
    const before = changesProgram(this.#lane, name)
    if (!this.#lane.slot(name).overrides.debug.drop(by) || !before) return
    if (this.#lane.wanted.has(name)) await this.#change(name, call, { heal: false })
  }

  async setConnected(name: string, connected: boolean, call: Call): Promise<void> {
    const { overrides, shared } = this.#lane.slot(name)
    // Other lanes stay connected to a shared server.
    if (shared) return this.#lane.tenancies.setConnected(name, connected)
    overrides.disconnected = !connected
    await this.#change(name, call)
  }

  // ---

  async #bringDebug(name: string, call: Call, request: DebugRequest): Promise<void> {
    if (!this.#lane.wanted.has(name)) return
    // One that waits at its first line already starts again, since its debugger may have let it go on.
    if (!request.break) return await this.#bring(name, call, { heal: false })
    this.#own(name).overrides.run = 'running'
    await this.#bring(name, call, { restart: true })
  }

  /**
   * Restores the former state after a failure. A caller that gave up does not wait for it; if it fails, the
   * lane must be reset before the next use, since no caller gets the error.
   */
  async #restore(
    method: string,
    name: string,
    options: BringOptions,
    { what, test, span, signal }: Call,
    error: unknown,
  ): Promise<void> {
    const back = unlimited(`the undo of ${what}`, { test, span })
    const restored = this.#bring(name, back, options).catch((second: unknown) => {
      attachSecondary(error, second)
      this.#lane.spoil(back.what, second)
      this.#lane.noteUndo(method, second, back, name)
    })
    if (!signal.aborted) await restored
  }

  #noteEnv(
    name: string,
    before: Readonly<Record<string, string>>,
    call: Call,
    stacked?: boolean,
  ): void {
    const diff = differenceOf(before, environmentOf(this.#lane, name))
    this.#lane.context.record.events.write('env.change', {
      ...causeOf(call),
      l: this.#lane.name,
      s: name,
      diff,
      ...(stacked === undefined ? {} : { stacked }),
    })
  }

  /** Returns the slot of a service that no other lane uses. Throws `SERVICE_IN_USE`. */
  #own(name: string): ServiceSlot {
    this.#lane.tenancies.ownServer(name)
    return this.#lane.slot(name)
  }

  /** Brings a change that is not taken back when it fails, so that the service may be half-way then. */
  async #change(name: string, call: Call, options: BringOptions = {}): Promise<void> {
    try {
      await this.#bring(name, call, options)
    } catch (error) {
      this.#lane.spoil(call.what, error)
      throw error
    }
  }

  /** Converges after a change of one service; throws if that service failed. */
  #bring(name: string, call: Call, options: BringOptions = {}): Promise<void> {
    return this.#lane.work.together(call, () => this.#converged(name, call, options))
  }

  async #converged(name: string, call: Call, options: BringOptions): Promise<void> {
    const { member, shared } = this.#own(name)
    if (options.heal !== false) member?.program?.clearCrash()
    if (shared) await this.#bringShared(name, call, options)
    else {
      const failures = await this.#converge(call, {
        ...(options.restart ? { restart: [name] } : {}),
        ...(options.dependents ? { restartDependentsOf: [name] } : {}),
      })
      throwFirst(failures, options.dependents ? [...this.#lane.wanted] : [name])
    }
    // A new container has no snapshot.
    await this.#lane.snapshots.renew(call)
  }

  /** Converges; images that were removed since the last start are pulled or built again. */
  async #converge(call: Call, options: ReconcileOptions): Promise<Failures> {
    const { group, spec } = this.#lane
    const failures = await group.converge(call, options)
    const without = [...failures].filter(([, error]) => isImageMissing(error))
    if (without.length === 0) return failures
    throwFirst(await spec.resolve(without.map(([name]) => name)), [...this.#lane.wanted])
    return group.converge(call, options)
  }

  async #bringShared(
    name: string,
    call: Call,
    options: { readonly restart?: boolean; readonly dependents?: boolean },
  ): Promise<void> {
    const server = this.#lane.tenancies.server(name)
    if (server === undefined) return
    const before = this.#lane.shared.container(server)
    const failure = await this.#lane.shared.converge(server, call, {
      restart: options.restart ?? false,
    })
    if (failure !== undefined) throw failure
    if (server.overrides.run !== 'stopped') await this.#lane.tenancies.renew(name, call)
    const unchanged = !options.restart && this.#lane.shared.container(server) === before
    if (!options.dependents || unchanged) return
    const restart = dependents(this.#lane.spec.graph, name).filter(
      (other) => this.#lane.group.members.get(other)?.program?.status === 'running',
    )
    throwFirst(await this.#lane.group.converge(call, { restart }), [...this.#lane.wanted])
  }
}

/** Whether the program is another one because it is debugged. */
const changesProgram = (lane: LaneCore, name: string): boolean => {
  const { overrides } = lane.slot(name)
  const { processes = false } = lane.context.info
  const spec = lane.spec.complete[name] ?? {}
  const isLocal = localSpecNow(spec, overrides, processes) !== undefined
  return isLaunchedForDebugging(spec, overrides.debug, isLocal)
}

interface BringOptions {
  readonly restart?: boolean
  readonly dependents?: boolean
  readonly heal?: boolean
}
