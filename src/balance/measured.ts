import type { TraceEvent } from '../trace/event/event.ts'
import type { Durations } from './durations.ts'

/**
 * Returns how long the tests of each file took, by the environment that they asked services for, from the entries of a
 * run. Only tests that ended count.
 *
 * @param toFile returns the path from the project's root, with `/`.
 */
export const measuredFiles = (
  events: readonly TraceEvent[],
  toFile: (path: string) => string,
): Durations => {
  const open = new Map<string, OpenTest>()
  const lanes = new Map<string, Overrides>()
  const files: Record<string, Record<string, number>> = {}
  for (const event of events) {
    const lane = event.l ?? ''
    if (event.k === 'lane.reset' || event.k === 'lane.release') lanes.delete(lane)
    if (event.k === 'env.change') {
      const overrides = changed(lanes.get(lane), `${event.s}`, event.diff)
      lanes.set(lane, overrides)
      for (const test of open.values()) if (test.lane === lane) note(test, overrides)
    }
    if (event.k === 'test.start') {
      const test: OpenTest = {
        lane,
        file: toFile(event.file),
        start: event.t,
        variant: '',
        size: 0,
      }
      note(test, lanes.get(lane) ?? new Map())
      open.set(event.i, test)
    }
    if (event.k === 'test.end') {
      const test = open.get(event.i)
      open.delete(event.i)
      if (test === undefined) continue
      const times = files[test.file] ?? {}
      files[test.file] = {
        ...times,
        [test.variant]: (times[test.variant] ?? 0) + event.t - test.start,
      }
    }
  }
  return files
}

// ---

/** Values that differ from the declared ones, by `<service> <variable>`, with the declared value. */
type Overrides = ReadonlyMap<
  string,
  { readonly declared: string | null; readonly now: string | null }
>

interface OpenTest {
  readonly lane: string
  readonly file: string
  readonly start: number
  variant: string
  /** Number of overrides in the variant. */
  size: number
}

const changed = (
  before: Overrides = new Map(),
  service: string,
  diff: Readonly<Record<string, readonly (string | null)[]>>,
): Overrides => {
  const after = new Map(before)
  for (const [key, [old = null, now = null]] of Object.entries(diff)) {
    const name = `${service} ${key}`
    const declared = before.has(name) ? (before.get(name)?.declared ?? null) : old
    if (declared === now) after.delete(name)
    else after.set(name, { declared, now })
  }
  return after
}

/** The variant of a test is the environment that differs most from the declared one while it runs. */
const note = (test: OpenTest, overrides: Overrides): void => {
  if (overrides.size <= test.size) return
  test.size = overrides.size
  test.variant = [...overrides]
    .map(([name, { now }]) => `${name}=${now ?? ''}`)
    .sort()
    .join(' ')
}
