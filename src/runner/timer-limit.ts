/**
 * Returns a time limit for a timer, in milliseconds: 0 and `Infinity` are no limit, for which a timer has no word, so
 * they are the longest that it can wait, some 24 days.
 */
export const timerLimit = (ms: number): number => (ms === 0 ? longestMs : Math.min(ms, longestMs))

// ---

const longestMs = 2_147_000_000
