/** Returns milliseconds since the start of a test as seconds: `+1.204`, `-0.030`. */
export const offsetText = (ms: number): string =>
  `${ms < 0 ? '-' : '+'}${(Math.abs(ms) / 1000).toFixed(3)}`

/** Returns a duration for people: `340 ms`, `2.31 s`. */
export const durationText = (ms: number): string =>
  ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(2)} s`
