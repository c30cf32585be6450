/** A test attempt and when it ran, in milliseconds since 1970. */
export interface TestWindow {
  /** Position in the list of attempts. */
  readonly test: number
  readonly start: number
  readonly end: number
}

/** Which tests ran at a moment. */
export interface Running {
  /** Positions of attempts, ascending. If `none`: the one that ended last before and the one that began first after. */
  readonly tests: readonly number[]
  /** Whether no test ran. */
  readonly none: boolean
}

/** Answers which tests ran at a moment, in the time of a binary search. */
export interface Timeline {
  at(time: number): Running
}

/** Smaller than a difference between times of a record, larger than the precision of numbers of that size. */
const endInclusive = 0.000_5

/** Creates the timeline of tests that may have run at the same time. */
export const timelineOf = (windows: readonly TestWindow[]): Timeline => {
  const changes = windows
    .flatMap(({ test, start, end }) => [
      { time: start, test, begins: true },
      { time: Math.max(start, end) + endInclusive, test, begins: false },
    ])
    .sort((a, b) => a.time - b.time || Number(a.begins) - Number(b.begins))
  const starts = changes.filter(({ begins }) => begins)
  const times: number[] = []
  const states: Running[] = []
  const running = new Set<number>()
  let ended: number | undefined
  let begun = 0
  const add = (time: number) => {
    const next = starts[begun]?.test
    const state =
      running.size > 0
        ? { tests: [...running].sort((a, b) => a - b), none: false }
        : { tests: [ended, next].filter((test) => test !== undefined), none: true }
    // Changes at the same moment are one.
    if (times.at(-1) === time) states[states.length - 1] = state
    else {
      times.push(time)
      states.push(state)
    }
  }
  add(Number.NEGATIVE_INFINITY)
  for (const { time, test, begins } of changes) {
    if (begins) {
      running.add(test)
      begun++
    } else {
      running.delete(test)
      ended = test
    }
    add(time)
  }
  let last = 0
  return {
    at(time) {
      // Lines come in the order of time.
      if (!(isWithin(times, last, time) || isWithin(times, ++last, time)))
        last = lastBefore(times, time)
      return states[last] as Running
    },
  }
}

// ---

const isWithin = (times: readonly number[], index: number, time: number): boolean =>
  (times[index] ?? Number.POSITIVE_INFINITY) <= time &&
  time < (times[index + 1] ?? Number.POSITIVE_INFINITY)

/** Returns the last index whose time is not after this one. */
const lastBefore = (times: readonly number[], time: number): number => {
  let low = 0
  let high = times.length - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if ((times[middle] as number) <= time) low = middle
    else high = middle - 1
  }
  return low
}
