import type { Trace } from '../trace.ts'

/** Returns whether a log or an entry of this lane is of servers that lanes share. */
export const isSharedLane = (lane: string): boolean => /^run(_\d+)?$/.test(lane)

/** Returns the lanes that each test used, in the order of `trace.tests`: its own, and those that its calls name. */
export const lanesOfTests = ({ tests, events }: Trace): readonly ReadonlySet<string>[] => {
  const lanes = tests.map(({ lane }) => new Set(lane === undefined ? [] : [lane]))
  const attempts = new Map<string, number[]>()
  for (const [index, { test }] of tests.entries())
    if (test !== undefined) attempts.set(test, [...(attempts.get(test) ?? []), index])
  for (const { k, x, l, t } of events) {
    if (x === undefined || l === undefined || isSharedLane(l) || !uses.has(k)) continue
    const of = attempts.get(x)
    // A kept run has the same test several times.
    const index = of?.findLast((one) => (tests[one]?.start ?? 0) <= t) ?? of?.[0]
    if (index !== undefined) lanes[index]?.add(l)
  }
  return lanes
}

// ---

/** What a test itself does, not what goes on after it. */
const uses: ReadonlySet<string> = new Set(['call.start', 'lane.lease'])
