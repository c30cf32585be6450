import type { Trace, TraceNode } from '../../trace/read/trace.ts'
import { factsOf, isSpan, walk } from './walk.ts'

/**
 * A trace in the JSON format of Chrome, which Perfetto, `chrome://tracing` and Speedscope open.
 *
 * @see https://docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU
 */
export interface ChromeTrace {
  readonly traceEvents: readonly ChromeEvent[]
  readonly displayTimeUnit: 'ms'
  readonly otherData: Readonly<Record<string, string>>
}

/** `X` has a duration, `i` is a moment, `M` names a process or thread. Times are microseconds since the run began. */
export interface ChromeEvent {
  readonly ph: 'X' | 'i' | 'M'
  readonly name: string
  readonly cat?: string
  readonly pid: number
  readonly tid: number
  readonly ts?: number
  readonly dur?: number
  /** A moment belongs to its thread. */
  readonly s?: 't'
  readonly args?: Readonly<Record<string, unknown>>
}

/** Returns a record as a trace with a process per lane, in it a thread for tests, one for plans, and one per service. */
export const perfettoTrace = (trace: Trace): ChromeTrace => {
  const nodes: TraceNode[] = []
  walk(trace, (node) => {
    nodes.push(node)
    return node
  })
  // What encloses comes first.
  nodes.sort((a, b) => a.start - b.start || b.end - a.end)
  const lanes = new Lanes()
  const events = nodes.map((node): ChromeEvent => {
    const lane = node.lane ?? 'run'
    const thread = threadOf(node)
    const common = {
      name: node.name,
      cat: node.kind,
      ts: micros(node.start - trace.run.start),
      args: argumentsOf(node),
    }
    if (!isSpan(node) && node.kind !== 'run')
      return { ph: 'i', s: 't', ...common, ...lanes.moment(lane, thread) }
    return {
      ph: 'X',
      dur: micros(node.end - node.start),
      ...common,
      ...lanes.span(lane, thread, node),
    }
  })
  return {
    traceEvents: [...lanes.names(), ...events],
    displayTimeUnit: 'ms',
    otherData: {
      ...(trace.run.id === undefined ? {} : { run: trace.run.id }),
      start: new Date(trace.run.start).toISOString(),
    },
  }
}

// ---

const micros = (ms: number): number => Math.round(ms * 1_000)

const threadOf = ({ kind, service }: TraceNode): string => {
  if (kind === 'run' || kind === 'test' || kind === 'step' || kind === 'call') return 'tests'
  return service ?? 'plans'
}

const argumentsOf = (node: TraceNode): Record<string, unknown> => ({
  ...factsOf(node),
  ...(node.error === undefined ? {} : { error: node.error.message }),
})

interface Place {
  readonly pid: number
  readonly tid: number
}

/** Spans of one thread must enclose each other or be apart; those that overlap get another thread of the same name. */
interface Track {
  readonly tid: number
  /** Ends of the spans that are open, outermost first. */
  readonly open: number[]
}

class Lanes {
  readonly #pids = new Map<string, number>()
  readonly #tracks = new Map<string, Track[]>()
  readonly #names: ChromeEvent[] = []
  #lastTid = 0

  /** Events that name the processes and threads so far. */
  names(): readonly ChromeEvent[] {
    return this.#names
  }

  moment(lane: string, thread: string): Place {
    const pid = this.#pidOf(lane)
    const track = this.#tracksOf(pid, thread)[0] ?? this.#add(pid, thread)
    return { pid, tid: track.tid }
  }

  /** Spans must come in the order of their starts. */
  span(lane: string, thread: string, { start, end }: TraceNode): Place {
    const pid = this.#pidOf(lane)
    const free = this.#tracksOf(pid, thread).find(({ open }) => {
      while (open.length > 0 && (open.at(-1) as number) <= start) open.pop()
      return open.length === 0 || end <= (open.at(-1) as number)
    })
    const track = free ?? this.#add(pid, thread)
    track.open.push(end)
    return { pid, tid: track.tid }
  }

  #pidOf(lane: string): number {
    let pid = this.#pids.get(lane)
    if (pid === undefined) {
      pid = this.#pids.size + 1
      this.#pids.set(lane, pid)
      this.#names.push({ ph: 'M', name: 'process_name', pid, tid: 0, args: { name: lane } })
    }
    return pid
  }

  #tracksOf(pid: number, thread: string): Track[] {
    const key = `${pid} ${thread}`
    let tracks = this.#tracks.get(key)
    if (tracks === undefined) {
      tracks = []
      this.#tracks.set(key, tracks)
    }
    return tracks
  }

  #add(pid: number, thread: string): Track {
    this.#lastTid += 1
    const tid = this.#lastTid
    const track = { tid, open: [] }
    this.#tracksOf(pid, thread).push(track)
    this.#names.push({ ph: 'M', name: 'thread_name', pid, tid, args: { name: thread } })
    return track
  }
}
