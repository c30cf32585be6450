import { waitClock } from '../../call/wait-clock.ts'

/** How a program is to be debugged. */
export interface DebugRequest {
  /** Whether it waits at its first line, at each start, until a debugger lets it go on. */
  readonly break: boolean
}

/** Who asks: a call of a test until the reset, a lease until the next one, or a person until the lane ends. */
export type DebugAsker = `call ${number}` | 'lease' | 'person'

/** Who wants to debug a service, and how. */
export class DebugRequests {
  readonly #asked = new Map<DebugAsker, DebugRequest>()
  #waiting: Disposable | undefined
  /** Whether a client holds the lane, or another one that shares the server. */
  #attended = true
  /** Calls that start the program in a debugger. */
  #calls = 0
  /**
   * Port of this machine for the debugger of a program that runs as a process of it: where the program listens, or where
   * the IDE does. Known when a port was opened for debuggers.
   */
  localPort: number | undefined

  /** What the program must do for all of them; `undefined` if it is not debugged. */
  get current(): DebugRequest | undefined {
    if (this.#asked.size === 0) return undefined
    return { break: [...this.#asked.values()].some((request) => request.break) }
  }

  /** Replaces what this one asked for before; returns how to undo that. */
  ask(by: DebugAsker, request: DebugRequest): () => void {
    const former = this.#asked.get(by)
    this.#asked.set(by, request)
    return () => {
      if (this.#asked.get(by) !== request) return
      if (former === undefined) this.#asked.delete(by)
      else this.#asked.set(by, former)
    }
  }

  /** Returns whether there was a request. */
  drop(by: DebugAsker): boolean {
    return this.#asked.delete(by)
  }

  /** Forgets the requests of calls. */
  reset(): void {
    for (const by of this.#asked.keys()) if (by.startsWith('call')) this.#asked.delete(by)
  }

  /**
   * Stops the clock of limits while the program starts and waits for a debugger, until one lets it go on or the result is
   * disposed; `undefined` if it does not wait. The clock goes on when no client and no call waits for the program, which may
   * be started by a change of a file: the run could not end otherwise.
   */
  starting(service: string): Disposable | undefined {
    if (this.current?.break !== true || !this.#isAwaited) return undefined
    const waiting = waitClock.suspend(`${service} waits for a debugger`)
    this.#waiting = waiting
    return {
      [Symbol.dispose]: () => {
        if (this.#waiting === waiting) this.#waiting = undefined
        waiting[Symbol.dispose]()
      },
    }
  }

  /** A debugger has let the program go on. */
  wentOn(): void {
    this.#waiting?.[Symbol.dispose]()
  }

  /** A call waits for a start in a debugger, until the result is disposed. */
  calling(): Disposable {
    this.#calls += 1
    return {
      [Symbol.dispose]: () => {
        this.#calls -= 1
        if (!this.#isAwaited) this.wentOn()
      },
    }
  }

  /** A client holds the lane. */
  arrive(): void {
    this.#attended = true
  }

  /** No client holds the lane any more. */
  leave(): void {
    this.#attended = false
    if (!this.#isAwaited) this.wentOn()
  }

  get #isAwaited(): boolean {
    return this.#attended || this.#calls > 0
  }
}
