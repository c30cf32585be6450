/** Returns milliseconds in a readable unit: `0.4 s`, `12 s`, `3 min`, `2 h`. */
export const duration = (ms: number): string => {
  const seconds = ms / 1000
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`
  if (seconds < 119.5) return `${Math.round(seconds)} s`
  if (seconds < 7_170) return `${Math.round(seconds / 60)} min`
  return `${Math.round(seconds / 3_600)} h`
}
