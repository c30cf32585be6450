import type { TraceEvent } from '../../trace/event/event.ts'
import { isSharedLane } from '../../trace/read/attribute/lanes-of-tests.ts'
import type { StateReport } from './attempt-report.ts'

/** A time in which an attempt used a lane. */
export interface LaneUse {
  readonly start: number
  readonly end: number
  readonly lane?: string | undefined
}

/** Returns the last states of the lane's own services and of shared servers until the attempt ended. */
export const statesOf = (
  events: readonly TraceEvent[],
  { start, end, lane }: LaneUse,
): StateReport[] => {
  const states = new Map<string, { readonly container: string; readonly report: StateReport }>()
  for (const event of events) {
    if (event.t > end) break
    if (event.k !== 'svc.state' || event.s === undefined || event.l === undefined) continue
    if (!isSharedLane(event.l) && event.l !== lane) continue
    const key = `${event.l}/${event.s}`
    const before = states.get(key)
    const { state, exitCode, healthy, by, container } = event
    // A program that was replaced is removed when the next one runs already.
    if (before !== undefined && before.container !== container && !begins.has(state)) continue
    // The engine reports health apart from what the program does.
    const isHealth = healthy !== undefined && before !== undefined
    const report: StateReport = {
      service: event.s,
      lane: event.l,
      state: isHealth ? before.report.state : state,
      ...(healthy === undefined ? {} : { healthy }),
      ...(exitCode === undefined ? {} : { exitCode }),
      ...(by === undefined ? {} : { by }),
      at: Math.round((event.t - start) * 1000) / 1000,
    }
    states.set(key, { container, report })
  }
  // What an earlier test removed is of no interest.
  return [...states.values()]
    .map(({ report }) => report)
    .filter(({ state, at }) => state !== 'removed' || at >= 0)
}

// ---

/** States in which a container follows another one. */
const begins: ReadonlySet<string> = new Set(['created', 'starting', 'started', 'running'])
