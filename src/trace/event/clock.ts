/** Difference from which the wall clock counts as moved on: the process slept with its machine. */
const sleptMs = 1_000

/**
 * Wall-clock milliseconds with fractions, monotonic within the process. Follows the wall clock after the machine has
 * slept, during which the monotonic clock may stand still: other processes write their times into the same record.
 */
export const now = (): number => {
  // The wall clock first: a process that is held up between the two readings has not slept.
  const wall = Date.now()
  const monotonic = performance.timeOrigin + performance.now()
  return wall - monotonic > sleptMs ? wall : monotonic
}
