import type { Call } from '../call/call.ts'
import { waitClock } from '../call/wait-clock.ts'
import type { Lane } from '../engine/lane/lane.ts'
import type { RunEngine } from '../engine/run/run-engine.ts'
import { messageOf } from '../errors/unknown-error.ts'
import type { KeptFor, KeptLane } from '../model/kept-lane.ts'

/** A request to keep a lane. */
export interface KeepRequest extends KeptFor {
  readonly forMs: number
  /** How many lanes of the run may be kept at the same time. */
  readonly atMost: number
}

/** While a client holds a lane whose time is over, it is asked for again after so long. */
const heldMs = 1_000

/** Lanes that failed tests left, each until its time is over. They extend the run, not the exit of its clients. */
export class KeptLanes {
  readonly #timers = new Map<Lane, Disposable>()
  readonly #onFewer: () => void
  readonly #log: (text: string) => void

  /** @param onFewer called when a lane is no longer kept. */
  constructor(onFewer: () => void, log: (text: string) => void) {
    this.#onFewer = onFewer
    this.#log = log
  }

  get size(): number {
    return this.#timers.size
  }

  /** Returns `undefined` if that would be one lane too many. */
  async keep(
    engine: RunEngine,
    lane: Lane,
    { forMs, atMost, ...facts }: KeepRequest,
    call: Call,
  ): Promise<KeptLane | undefined> {
    const before = keptIn(engine).filter((one) => one.lane !== lane)
    const former = before.filter(({ kept }) => testOf(kept.test) === testOf(facts.test))
    if (before.length - former.length >= atMost) return undefined
    const kept = { ...facts, until: Math.round(Date.now() + forMs) }
    engine.keep(lane, kept, call)
    this.#timers.get(lane)?.[Symbol.dispose]()
    this.#endAfter(engine, lane, forMs)
    // What the last attempt left says more.
    await this.remove(
      engine,
      former.map((one) => one.lane.name),
    )
    return kept
  }

  unkeep(engine: RunEngine, lane: Lane): void {
    if (!this.#forget(lane)) return
    engine.lanes.setKept(lane, undefined)
    this.#onFewer()
  }

  /** Removes kept lanes that no client holds (default all); returns their names. */
  async remove(engine: RunEngine, names?: readonly string[]): Promise<string[]> {
    const found = keptIn(engine).filter(
      ({ lane }) => names === undefined || names.includes(lane.name),
    )
    const ended = await Promise.all(found.map(({ lane }) => this.#end(engine, lane)))
    return found.flatMap(({ lane }, index) => (ended[index] ? [lane.name] : []))
  }

  /** The run ends: it removes all lanes. */
  close(): void {
    for (const timer of this.#timers.values()) timer[Symbol.dispose]()
    this.#timers.clear()
  }

  // ---

  #endAfter(engine: RunEngine, lane: Lane, ms: number): void {
    const end = async () => {
      if (!(await this.#end(engine, lane)) && this.#timers.has(lane))
        this.#endAfter(engine, lane, heldMs)
    }
    this.#timers.set(
      lane,
      waitClock.timer(ms, () => {
        end().catch((error: unknown) => this.#log(`the end of ${lane.name}: ${messageOf(error)}`))
      }),
    )
  }

  /** Returns false while a client holds it. */
  async #end(engine: RunEngine, lane: Lane): Promise<boolean> {
    if (engine.lanes.take(lane.name) === undefined) return false
    this.#forget(lane)
    try {
      await engine.end(lane)
    } finally {
      // What could not be removed is removed at the end of the run.
      engine.lanes.forget(lane)
      this.#onFewer()
    }
    return true
  }

  #forget(lane: Lane): boolean {
    this.#timers.get(lane)?.[Symbol.dispose]()
    return this.#timers.delete(lane)
  }
}

// ---

const keptIn = (engine: RunEngine) =>
  engine.lanes
    .all()
    .flatMap(({ lane, kept, held }) => (kept === undefined ? [] : [{ lane, kept, held }]))

/** Attempts of a test differ in what follows the last `#`. */
const testOf = (attempt: string): string => attempt.slice(0, attempt.lastIndexOf('#'))
