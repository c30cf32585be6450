/** Difference from which the wall clock counts as moved on: the process slept with its machine. */
const sleptMs = 1_000

/** Clocks of a process, in milliseconds since 1970. */
export interface Clocks {
  /** What the machine says. */
  readonly wall: () => number
  /** With fractions; never goes back. */
  readonly monotonic: () => number
}

/** Returns a function like {@link now} over these clocks. */
export const createNow = ({ wall, monotonic }: Clocks): (() => number) => {
  let slept = 0
  return () => {
    // The wall clock first: a process that is held up between the two readings has not slept.
    const time = wall()
    const behind = time - monotonic() - slept
    if (behind > sleptMs) slept += behind
    return monotonic() + slept
  }
}

// Taken when this module loads: fake timers of a test replace them, and its record must have real times.
const RealDate = Date
const dateNow = Date.now.bind(Date)
const performanceNow = performance.now.bind(performance)
const { timeOrigin } = performance
const isReal = (): boolean => globalThis.Date === RealDate

/**
 * Wall-clock milliseconds with fractions, monotonic within the process. Follows the wall clock after the machine has
 * slept, during which the monotonic clock may stand still: other processes write their times into the same record.
 * Fake timers of a test do not change it.
 */
export const now: () => number = createNow({
  wall: () => (isReal() ? Date.now() : dateNow()),
  monotonic: () =>
    isReal() ? performance.timeOrigin + performance.now() : timeOrigin + performanceNow(),
})
