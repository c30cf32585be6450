import type { TraceEvent } from '../../event/event.ts'
import { traceIdOf } from '../../event/trace-context.ts'
import type { Attribution, AttributionHow } from '../attribution.ts'
import type { Trace } from '../trace.ts'
import { type LaneKeys, laneKeysOf } from './lane-keys.ts'
import { isSharedLane, lanesOfTests } from './lanes-of-tests.ts'
import { type Running, type TestWindow, type Timeline, timelineOf } from './test-windows.ts'
import { traceIdsIn } from './trace-ids.ts'

/** A log line, or a span at its start. */
export interface AttributedLine {
  /** Milliseconds since 1970. */
  readonly time: number
  /** Lane of its log; `run` for servers that lanes share. */
  readonly lane: string
  /** Service of its log. */
  readonly service: string
  /** What it says; empty for a span. */
  readonly text: string
  /** Trace id that is known without its text: 32 hexadecimal digits. */
  readonly trace?: string | undefined
}

/** Finds the tests that lines of one record belong to. */
export interface Attributor {
  /** The attributions so far, each once. */
  readonly all: readonly Attribution[]
  /**
   * Returns the position of a line's attribution in {@link all}. Quick for lines in the order of time: a million per
   * second. Lines of a shared server that begin with a tab go on with the line before.
   */
  of(line: AttributedLine): number
}

/**
 * Creates the attribution of a record's log lines and spans to the attempts in `trace.tests`.
 *
 * In this order: the trace id that the line carries; for the services of a lane, the tests that ran in it; for servers
 * that lanes share, the lane that the line names; else the tests that ran at that time. Between tests, the neighbours.
 */
export const createAttributor = (trace: Trace): Attributor => {
  const windows = windowsOf(trace)
  const shared = sharedServers(trace)
  const tracesOf = testsByTrace(trace)
  // Not the trace itself, which is large and of no more use: lines are many and come after it.
  const starts = trace.tests.map(({ start }) => start)
  const all: Attribution[] = []
  const positions = new Map<string, number>()
  const known = new Map<Running, Partial<Record<AttributionHow, number>>>()
  const byTest: number[] = []
  let before:
    | { readonly lane: string; readonly service: string; readonly position: number }
    | undefined

  const put = (how: AttributionHow, tests: readonly number[]): number => {
    const key = `${how} ${tests.join()}`
    let position = positions.get(key)
    if (position === undefined) {
      position = all.push({ how, tests }) - 1
      positions.set(key, position)
    }
    return position
  }
  /** @param sure how it is known if one test ran. */
  const among = (running: Running, sure: AttributionHow): number => {
    const how = running.none ? 'gap' : running.tests.length === 1 ? sure : 'window'
    let ready = known.get(running)
    if (ready === undefined) {
      ready = {}
      known.set(running, ready)
    }
    ready[how] ??= put(how, running.tests)
    return ready[how]
  }
  const byTraceId = (id: string, time: number): number | undefined => {
    const attempts = tracesOf.get(id)
    if (attempts === undefined) return undefined
    const test = attempts.findLast((index) => (starts[index] ?? 0) <= time) ?? attempts[0]
    if (test === undefined) return undefined
    byTest[test] ??= put('trace', [test])
    return byTest[test]
  }
  const byTraceIn = ({ text, trace: id, time }: AttributedLine): number | undefined => {
    if (id !== undefined) return byTraceId(id, time)
    for (const found of traceIdsIn(text)) {
      const position = byTraceId(found, time)
      if (position !== undefined) return position
    }
    return undefined
  }
  const onShared = (line: AttributedLine): number => {
    const { lane, service, text } = line
    if (text.startsWith('\t') && before?.lane === lane && before.service === service)
      return before.position
    const position = byTraceIn(line) ?? byName(line)
    before = { lane, service, position }
    return position
  }
  const byName = ({ lane, service, text, time }: AttributedLine): number => {
    // One lane alone is as if the server were its own.
    if (windows.lanes.length === 1) return among(windows.all.at(time), 'exact')
    const named = (shared(lane, service)?.lanesIn(text, time) ?? []).filter((one) =>
      windows.has(one),
    )
    const [first, ...others] = named
    if (first === undefined) return among(windows.all.at(time), 'window')
    if (others.length === 0) return among(windows.of(first).at(time), 'key')
    const tests = new Set(named.flatMap((one) => windows.of(one).at(time).tests))
    return put(
      'window',
      [...tests].sort((a, b) => a - b),
    )
  }
  return {
    all,
    of: (line) => {
      if (line.lane.startsWith('run') && isSharedLane(line.lane)) return onShared(line)
      return byTraceIn(line) ?? among(windows.of(line.lane).at(line.time), 'exact')
    },
  }
}

// ---

interface Windows {
  /** Lanes that tests used. */
  readonly lanes: readonly string[]
  readonly all: Timeline
  has(lane: string): boolean
  /** The timeline of a lane; that of no test for an unknown one. */
  of(lane: string): Timeline
}

const windowsOf = (trace: Trace): Windows => {
  const byLane = new Map<string, TestWindow[]>()
  const all: TestWindow[] = []
  for (const [test, lanes] of lanesOfTests(trace).entries()) {
    const { start, end } = trace.tests[test] as Trace['tests'][number]
    if (lanes.size > 0) all.push({ test, start, end })
    for (const lane of lanes) {
      const windows = byLane.get(lane)
      if (windows === undefined) byLane.set(lane, [{ test, start, end }])
      else windows.push({ test, start, end })
    }
  }
  const timelines = new Map([...byLane].map(([lane, windows]) => [lane, timelineOf(windows)]))
  const empty = timelineOf([])
  return {
    lanes: [...byLane.keys()],
    all: timelineOf(all),
    has: (lane) => timelines.has(lane),
    of: (lane) => timelines.get(lane) ?? empty,
  }
}

const testsByTrace = ({ tests }: Trace): ReadonlyMap<string, readonly number[]> => {
  const byTrace = new Map<string, number[]>()
  for (const [index, { test }] of tests.entries()) {
    if (test === undefined) continue
    const id = traceIdOf(test)
    byTrace.set(id, [...(byTrace.get(id) ?? []), index])
  }
  return byTrace
}

/** Returns how to find the keys of one shared server, made when its first line comes. */
const sharedServers = ({ events }: Trace): ((lane: string, service: string) => LaneKeys) => {
  const entries = events.filter(
    (event): event is TraceEvent<'lane.names'> => event.k === 'lane.names',
  )
  const made = new Map<string, LaneKeys>()
  return (lane, service) => {
    const id = `${lane}\0${service}`
    let keys = made.get(id)
    if (keys === undefined) {
      // Addresses are the same for every server.
      const own = entries.filter(({ on, s }) => on === undefined || (on === lane && s === service))
      keys = laneKeysOf(own)
      made.set(id, keys)
    }
    return keys
  }
}
