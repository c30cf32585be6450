import type { WaitClock } from '../call/wait-clock.ts'
import type { Connection } from './connection.ts'

interface Beating {
  timer: NodeJS.Timeout
  /** While it is silent. */
  suspended: Disposable | undefined
}

/**
 * The clients whose debugger is open. They beat; one that is silent is stopped at a breakpoint, and the clock stands
 * still until it beats again or has gone.
 */
export class ClientBeats {
  readonly #clock: Pick<WaitClock, 'suspend'>
  readonly #silentMs: number
  readonly #beating = new Map<Connection, Beating>()

  /** @param silentMs milliseconds without a beat after which a client is stopped. */
  constructor(clock: Pick<WaitClock, 'suspend'>, silentMs = 1_000) {
    this.#clock = clock
    this.#silentMs = silentMs
  }

  /** The client runs. From the first beat on it has to go on, until it is `over`. */
  heard(connection: Connection, { over = false }: { readonly over?: boolean } = {}): void {
    this.forget(connection)
    if (over) return
    // The silence itself is real time: a clock that stands still must not hide another client that stops.
    const timer = setTimeout(() => {
      beating.suspended = this.#clock.suspend(
        `${connection.client} (process ${connection.pid}) is paused in a debugger`,
      )
    }, this.#silentMs)
    const beating: Beating = { timer, suspended: undefined }
    this.#beating.set(connection, beating)
  }

  /** The client has gone. */
  forget(connection: Connection): void {
    const beating = this.#beating.get(connection)
    if (beating === undefined) return
    this.#beating.delete(connection)
    clearTimeout(beating.timer)
    beating.suspended?.[Symbol.dispose]()
  }
}
