import type { Call } from '../../call/call.ts'
import type { Program } from '../group/program.ts'
import { settleAll } from '../run/settle-all.ts'
import { type LaneMoment, runLaneTasks } from '../tasks/lane-tasks.ts'
import { setUp } from '../tasks/set-up.ts'
import type { LaneCore } from './lane-core.ts'
import { tasksFor } from './local-env.ts'

/** The data that services of one lane hold: set up, kept as a snapshot, and restored by tasks of their own. */
export class LaneSnapshots {
  readonly #lane: LaneCore
  /** By service: the container whose data the snapshot has. */
  readonly #taken = new Map<string, string>()

  constructor(lane: LaneCore) {
    this.#lane = lane
  }

  /** Sets up a new container. A service that is not shared has one tenant, created like one on a shared server. */
  async prepare(name: string, program: Program, call: Call): Promise<void> {
    const { spec, context } = this.#lane
    const resolved = spec.resolved(name)
    if (resolved === undefined) return
    const lane = { name: this.#lane.name }
    const member = this.#lane.group.members.get(name)
    const sandbox = member?.sandbox?.id
    const { name: topology } = spec.spec
    const at = { name, lane, program, sandbox, topology, call }
    const { spec: own, lookup } = tasksFor(this.#lane, name, resolved.spec, member)
    await setUp(context, {
      ...at,
      resolved: { ...resolved, spec: own },
      services: spec.complete,
      ...(lookup === undefined ? {} : { lookup }),
    })
    await this.#runOwn('enter', name, program.id, call)
  }

  async run(moment: LaneMoment, names: Iterable<string>, call: Call): Promise<void> {
    const { tenancies } = this.#lane
    await settleAll(
      [...names].map(async (name) => {
        if (tenancies.server(name) !== undefined) return tenancies.run(moment, name, call)
        const container = this.#container(name)
        if (container !== undefined) await this.#runOwn(moment, name, container, call)
      }),
    )
  }

  /**
   * Takes the snapshots that {@link restore} restores; skips services that do not run.
   *
   * @param untouched services whose data nothing can have changed since it was created: some have a snapshot of it.
   */
  async take(
    names: Iterable<string>,
    call: Call,
    untouched: readonly string[] = [],
  ): Promise<void> {
    const { tenancies } = this.#lane
    const running = [...names].filter((name) => this.#isRunning(name))
    const containers = running.map((name) => [name, this.#container(name)] as const)
    const kept = await Promise.all(
      running.map(async (name) => untouched.includes(name) && (await tenancies.isKept(name))),
    )
    await this.run(
      'baseline',
      running.filter((_, index) => !kept[index]),
      call,
    )
    for (const [name, container] of containers)
      if (container !== undefined) this.#taken.set(name, container)
  }

  /** Restores the snapshots; a new container has declared data, so a snapshot of it is taken instead. */
  async restore(names: readonly string[], call: Call): Promise<void> {
    const kept = names.filter((name) => this.#isTaken(name))
    const made = names.filter((name) => !kept.includes(name))
    await settleAll([this.run('reset', kept, call), this.take(made, call)])
  }

  /** Takes a new snapshot where the container was replaced. */
  async renew(call: Call): Promise<void> {
    const replaced = [...this.#taken.keys()].filter((name) => !this.#isTaken(name))
    await this.take(replaced, call)
  }

  forget(name: string): void {
    this.#taken.delete(name)
  }

  // ---

  async #runOwn(moment: LaneMoment, name: string, container: string, call: Call): Promise<void> {
    const { spec: own, context, name: lane } = this.#lane
    const spec = own.resolved(name)?.spec
    if (spec === undefined) return
    const services = own.complete
    await runLaneTasks(context, moment, {
      lane,
      service: name,
      services,
      container,
      call,
      ...tasksFor(this.#lane, name, spec, this.#lane.group.members.get(name)),
    })
  }

  #isTaken(name: string): boolean {
    const container = this.#container(name)
    return container !== undefined && this.#taken.get(name) === container
  }

  #isRunning(name: string): boolean {
    return this.#lane.slot(name).member?.program?.status === 'running'
  }

  #container(name: string): string | undefined {
    return this.#lane.slot(name).member?.program?.id
  }
}
