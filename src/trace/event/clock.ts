/** Wall-clock milliseconds with fractions, monotonic within the process. */
export const now = (): number => performance.timeOrigin + performance.now()
