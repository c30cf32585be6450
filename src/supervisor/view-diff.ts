import type { Lane } from '../engine/lane/lane.ts'
import type { LaneView } from '../model/service-view.ts'
import type { LaneChange } from '../protocol/methods.ts'

/** Remembers what the client of each lane has seen, so that answers contain only what is new. */
export class ViewDiff {
  readonly #seen = new WeakMap<Lane, Map<string, string>>()

  /** Returns the whole lane, for a client that has seen nothing of it. */
  whole(lane: Lane): LaneView {
    const services = lane.view()
    const seen = services.map((view) => [view.name, JSON.stringify(view)] as const)
    this.#seen.set(lane, new Map(seen))
    return { lane: lane.name, services }
  }

  /** Returns the services that look different since the last answer, and `named` in any case. */
  change(lane: Lane, named?: string): LaneChange {
    const seen = this.#seen.get(lane) ?? new Map<string, string>()
    this.#seen.set(lane, seen)
    const gone = new Set(seen.keys())
    const services = lane.view().filter((view) => {
      const { name } = view
      const text = JSON.stringify(view)
      const isNew = seen.get(name) !== text
      seen.set(name, text)
      gone.delete(name)
      return isNew || name === named
    })
    for (const name of gone) seen.delete(name)
    return { lane: lane.name, services, ...(gone.size === 0 ? {} : { gone: [...gone] }) }
  }
}
