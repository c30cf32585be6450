import type { EngineContext } from '../context.ts'
import type { Member } from '../group-members.ts'
import type { Program } from '../program.ts'
import { setUp } from '../set-up.ts'
import type { LaneSpec } from './lane-spec.ts'
import { type LaneMoment, runLaneTasks } from './lane-tasks.ts'
import type { Tenancies } from './tenancies.ts'

export interface LaneSnapshotsOptions {
  readonly lane: string
  readonly form: LaneSpec
  readonly tenancies: Tenancies
  readonly memberOf: (service: string) => Member | undefined
}

/** What the services of one lane hold: set up, remembered and brought back by tasks of their own. */
export class LaneSnapshots {
  readonly #context: EngineContext
  readonly #options: LaneSnapshotsOptions
  /** In which container the data of a service was remembered. */
  readonly #remembered = new Map<string, string>()

  constructor(context: EngineContext, options: LaneSnapshotsOptions) {
    this.#context = context
    this.#options = options
  }

  /** A service of the lane's own has one tenant, which has its place on it like on a shared one. */
  async prepare(name: string, program: Program): Promise<void> {
    const { lane, form } = this.#options
    const resolved = form.resolved(name)
    if (resolved === undefined) return
    const services = form.complete
    await setUp(this.#context, { name, resolved, services, lane: { name: lane }, program })
    await this.#runOwn('enter', name, program.id)
  }

  async run(moment: LaneMoment, names: Iterable<string>): Promise<void> {
    const { tenancies } = this.#options
    await Promise.all(
      [...names].map(async (name) => {
        if (tenancies.server(name) !== undefined) return tenancies.run(moment, name)
        const container = this.#container(name)
        if (container !== undefined) await this.#runOwn(moment, name, container)
      }),
    )
  }

  /** From now on {@link restore} brings back the data that these have now; those that do not run are left out. */
  async remember(names: Iterable<string>): Promise<void> {
    const running = [...names].filter((name) => this.#isRunning(name))
    const containers = running.map((name) => [name, this.#container(name)] as const)
    await this.run('baseline', running)
    for (const [name, container] of containers)
      if (container !== undefined) this.#remembered.set(name, container)
  }

  /** The remembered data; what is in a new container is as good as that, and remembered. */
  async restore(names: readonly string[]): Promise<void> {
    const kept = names.filter((name) => this.#isRemembered(name))
    const made = names.filter((name) => !kept.includes(name))
    await Promise.all([this.run('reset', kept), this.remember(made)])
  }

  /** Remembers anew where the container that was is another one now. */
  async catchUp(): Promise<void> {
    await this.remember([...this.#remembered.keys()].filter((name) => !this.#isRemembered(name)))
  }

  forget(name: string): void {
    this.#remembered.delete(name)
  }

  // ---

  async #runOwn(moment: LaneMoment, name: string, container: string): Promise<void> {
    const { lane, form } = this.#options
    const spec = form.resolved(name)?.spec
    if (spec === undefined) return
    const services = form.complete
    await runLaneTasks(this.#context, moment, { lane, service: name, spec, services, container })
  }

  #isRemembered(name: string): boolean {
    const container = this.#container(name)
    return container !== undefined && this.#remembered.get(name) === container
  }

  #isRunning(name: string): boolean {
    return this.#options.memberOf(name)?.program?.status === 'running'
  }

  #container(name: string): string | undefined {
    return this.#options.memberOf(name)?.program?.id
  }
}
