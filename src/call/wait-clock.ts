import { isDebuggerOpen } from './debugger-open.ts'

/**
 * The time that limits on waiting count. It stands still while a debugger is paused: while something has suspended it,
 * and while this process itself was stopped at a breakpoint. Polling goes on in real time; only limits stand still.
 */
export interface WaitClock {
  /** Milliseconds since some time of this process, with fractions; never goes back, stands still while suspended. */
  now(): number
  /**
   * Calls back when `ms` have passed on this clock, unless disposed before. Keeps the process alive like `setTimeout`.
   *
   * @param ms from 2 ** 31 on, and with `Infinity`, it never calls back.
   */
  timer(ms: number, call: () => void, options?: WaitTimerOptions): Disposable
  /**
   * Stops the clock until disposed; of several suspensions, the last one that ends lets it go on.
   *
   * @param why shown in the record: `api is paused in a debugger`.
   */
  suspend(why: string): Disposable
  /** Why it stands still, by when that began; empty while it goes. */
  readonly suspended: readonly string[]
  /** Calls back after each change of {@link suspended}, until disposed. */
  onChange(listener: (suspended: readonly string[]) => void): Disposable
}

/** Options of {@link WaitClock.timer}. */
export interface WaitTimerOptions {
  /** Does not keep the process alive; default `false`. */
  readonly unref?: boolean
}

/** What a clock measures by; tests give others. */
export interface RealTime {
  /** Monotonic milliseconds. */
  now(): number
  /** Calls back every `ms`, without keeping the process alive. */
  every(ms: number, call: () => void): Disposable
  /** Whether a debugger can have stopped this process. */
  isDebuggerOpen(): boolean
}

/** Creates a clock that goes. */
export const createWaitClock = (real: RealTime = realTime): WaitClock => {
  const reasons: { readonly why: string }[] = []
  const listeners = new Set<(suspended: readonly string[]) => void>()
  /** Timers that came due while the clock stood still. */
  const held = new Set<() => void>()
  let stoppedMs = 0
  let stoppedAt: number | undefined
  let open = 0
  let seenAt = real.now()
  let beat: Disposable | undefined

  /** Takes out the time in which this process was stopped at a breakpoint: nothing of it ran, although timers do. */
  const look = (): number => {
    const time = real.now()
    const gapMs = time - seenAt
    const isStop = gapMs > silentMs && beat !== undefined && stoppedAt === undefined
    if (isStop && real.isDebuggerOpen()) stoppedMs += gapMs
    seenAt = time
    return time
  }
  const opened = () => {
    if (open++ > 0) return
    seenAt = real.now()
    beat = real.every(beatMs, look)
  }
  const closed = () => {
    if (--open > 0) return
    beat?.[Symbol.dispose]()
    beat = undefined
  }
  const changed = () => {
    for (const listener of [...listeners]) listener(reasons.map(({ why }) => why))
  }

  return {
    now() {
      const time = look()
      return (stoppedAt ?? time) - stoppedMs
    },
    timer(ms, call, { unref = false } = {}) {
      if (ms > longestTimerMs) return { [Symbol.dispose]() {} }
      opened()
      const time = look()
      const dueAt = (stoppedAt ?? time) - stoppedMs + ms
      // Undefined while the clock stands still: how long it has to be waited is not known yet.
      let armedStoppedMs = stoppedAt === undefined ? stoppedMs : undefined
      let timer: NodeJS.Timeout | undefined
      const arm = (waitMs: number) => {
        timer = setTimeout(fire, waitMs)
        if (unref) timer.unref()
      }
      const end = () => {
        if (timer === undefined) return
        clearTimeout(timer)
        timer = undefined
        held.delete(goOn)
        closed()
      }
      const goOn = () => {
        clearTimeout(timer)
        held.delete(goOn)
        fire()
      }
      const fire = () => {
        const time = look()
        if (stoppedAt !== undefined) {
          held.add(goOn)
          // Only keeps the process alive.
          return arm(longestTimerMs)
        }
        const moreMs = armedStoppedMs === stoppedMs ? 0 : dueAt - (time - stoppedMs)
        armedStoppedMs = stoppedMs
        if (moreMs > 0) return arm(moreMs)
        end()
        call()
      }
      arm(ms)
      return { [Symbol.dispose]: end }
    },
    suspend(why) {
      const reason = { why }
      stoppedAt ??= look()
      reasons.push(reason)
      changed()
      return {
        [Symbol.dispose]() {
          const at = reasons.indexOf(reason)
          if (at < 0) return
          reasons.splice(at, 1)
          if (reasons.length === 0 && stoppedAt !== undefined) {
            stoppedMs += look() - stoppedAt
            stoppedAt = undefined
            for (const goOn of [...held]) goOn()
          }
          changed()
        },
      }
    },
    get suspended() {
      return reasons.map(({ why }) => why)
    },
    onChange(listener) {
      listeners.add(listener)
      return { [Symbol.dispose]: () => void listeners.delete(listener) }
    },
  }
}

/** Longest timer of Node; it fires longer ones immediately. */
const longestTimerMs = 2 ** 31 - 1

/** How often a process that waits looks whether it was stopped. */
const beatMs = 100

/** A process that was silent for less was busy, not stopped. */
const silentMs = 300

// Taken when this module loads: fake timers of a test replace them, and would look like a stop.
const performanceNow = performance.now.bind(performance)
const realSetInterval = setInterval

const realTime: RealTime = {
  now: performanceNow,
  every(ms, call) {
    const timer = realSetInterval(call, ms)
    timer.unref?.()
    return { [Symbol.dispose]: () => clearInterval(timer) }
  },
  isDebuggerOpen,
}

/** One per process, also when several copies of this package are loaded: the supervisor stops it once. */
const clockOfProcess = (): WaitClock => {
  const key = Symbol.for('mesocosm.waitClock')
  const store = globalThis as { [key]?: WaitClock }
  store[key] ??= createWaitClock()
  return store[key]
}

/** The clock of this process, for limits on waiting. Durations that are reported are of real time. */
export const waitClock: WaitClock = clockOfProcess()
