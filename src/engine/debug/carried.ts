import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { forward } from '../../relay/forward.ts'
import type { EventFile } from '../../trace/write/event-file.ts'
import { type WatchedDebugger, watchDebugger } from './debugger-watch.ts'

/** Connections between debuggers on this machine and one program. */
export class CarriedConnections {
  readonly #events: Pick<EventFile, 'write'>
  readonly #target: WatchedDebugger
  readonly #open = new Map<Promise<void>, readonly Duplex[]>()

  constructor(events: Pick<EventFile, 'write'>, target: WatchedDebugger) {
    this.#events = events
    this.#target = target
  }

  /**
   * Carries one connection until it ends. Both ends must be known when they exist, so that {@link cutAll} reaches them.
   *
   * @param reach connects to the other end; without a result, the connection is not carried.
   */
  carry(
    from: Socket | Duplex,
    reach: () => Promise<{ readonly debugger: Socket; readonly program: Duplex } | undefined>,
  ): void {
    // A peer that goes away while the other one is reached is not a fault.
    from.on('error', () => undefined)
    const run = async () => {
      const ends = await reach()
      if (ends === undefined) return
      this.#open.set(carried, [ends.debugger, ends.program])
      const watch = watchDebugger(this.#events, this.#target, ends)
      const { fault } = await forward(ends.program, ends.debugger)
      watch.end(fault)
    }
    const carried: Promise<void> = Promise.resolve()
      .then(run)
      .finally(() => this.#open.delete(carried))
    this.#open.set(carried, [from])
  }

  /** Resolves when no connection is left. */
  async cutAll(): Promise<void> {
    for (const ends of this.#open.values()) for (const end of ends) end.destroy()
    await Promise.allSettled(this.#open.keys())
  }
}
