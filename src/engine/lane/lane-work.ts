import type { Call } from '../../call/call.ts'
import { settledWithin } from '../../call/pause.ts'

/**
 * Work on a lane that is under way. A caller that gave up leaves its work behind for a moment; a reset at the
 * same time would mix the data of both.
 */
export class LaneWork {
  readonly #open = new Set<Promise<unknown>>()
  #alone: Promise<unknown> = Promise.resolve()

  /** Does work at the same time as other work, after a reset that is under way. */
  async together<T>(call: Call, work: () => Promise<T>): Promise<T> {
    await this.#after([this.#alone], call)
    return this.#note(work())
  }

  /** Does work when all other work has ended. */
  async alone<T>(call: Call, work: () => Promise<T>): Promise<T> {
    const former = [...this.#open]
    const mine = this.#after(former, call).then(work)
    // The next one waits for this one, and for those that this one waits for.
    this.#alone = Promise.allSettled([...former, mine])
    return this.#note(mine)
  }

  // ---

  #note<T>(work: Promise<T>): Promise<T> {
    this.#open.add(work)
    const forget = () => void this.#open.delete(work)
    work.then(forget, forget)
    return work
  }

  /** Waits as long as the caller does. */
  async #after(former: readonly Promise<unknown>[], call: Call): Promise<void> {
    await settledWithin(Promise.allSettled(former), undefined, call.signal)
    call.assertOpen()
  }
}
