import { parentIdOf, traceIdOf } from '../../trace/event/trace-context.ts'
import type { StoredEvent } from '../../trace/read/stored-event.ts'
import type { Trace } from '../../trace/read/trace.ts'

/** Names that runs have given away which become one. */
export interface TakenNames {
  readonly lanes: Set<string>
  /** Beginnings of span ids. */
  readonly prefixes: Set<string>
  /** Attempts, `<id>#<attempt>`. */
  readonly tests: Set<string>
}

/** How the names in one of the runs change. */
export interface Renaming {
  lane(name: string): string
  /** Returns an entry with the new names. */
  event(event: StoredEvent): StoredEvent
  /** Returns text with the trace ids that belong to the new names of tests. */
  text(text: string): string
}

/** Returns names that are not taken. Lanes and attempts go on counting, so that their names mean what they did. */
export const renameRun = (
  trace: Trace,
  lanes: Iterable<string>,
  prefixes: Iterable<string>,
  taken: TakenNames,
): Renaming => {
  const lane = renaming(lanes, taken.lanes, nextLane)
  const prefix = renaming(prefixes, taken.prefixes, (name, number) => `${name}~${number}`)
  const test = renaming(
    trace.tests.flatMap((node) => node.test ?? []),
    taken.tests,
    (name, number) => name.replace(/#\d+$/, `#${number - 1}`),
  )
  const span = (id: string) => {
    const dot = id.lastIndexOf('.')
    const former = id.slice(0, dot)
    return dot === -1 ? id : `${prefix.get(former) ?? former}${id.slice(dot)}`
  }
  const traces = new Map<string, string>()
  for (const [former, name] of test)
    if (former !== name) traces.set(traceIdOf(former), traceIdOf(name))
  const parents = new Map<string, string>()
  for (const event of trace.events)
    if (event.k === 'call.start' && span(event.i) !== event.i)
      parents.set(parentIdOf(event.i), parentIdOf(span(event.i)))
  const text = (input: string) =>
    traces.size === 0
      ? input
      : input.replace(/(?<![\da-f])[\da-f]{32}(?![\da-f])/g, (id) => traces.get(id) ?? id)
  return {
    lane: (name) => lane.get(name) ?? name,
    text,
    event(event) {
      const renamed: Record<string, unknown> = { ...event }
      const change = (key: string, rename: (value: string) => string) => {
        const value = renamed[key]
        if (typeof value === 'string') renamed[key] = rename(value)
      }
      const attempt = (name: string) => test.get(name) ?? name
      change('i', span)
      change('p', span)
      if (Array.isArray(event.also))
        renamed.also = event.also.map((id) => (typeof id === 'string' ? span(id) : id))
      change('l', (name) => lane.get(name) ?? name)
      change('x', attempt)
      if (event.k === 'head') change('prefix', (name) => prefix.get(name) ?? name)
      if (event.k === 'lane.names') change('on', (name) => lane.get(name) ?? name)
      if (event.k === 'lane.keep') change('test', attempt)
      if (event.k === 'otlp.span' || event.k === 'otlp.log') {
        change('trace', text)
        change('parent', (id) => parents.get(id) ?? id)
        change('span', (id) => parents.get(id) ?? id)
      }
      const { x } = renamed
      if (event.k === 'test.start' && typeof x === 'string' && x !== event.x)
        renamed.retry = Number(x.slice(x.lastIndexOf('#') + 1))
      return renamed as StoredEvent
    },
  }
}

// ---

const renaming = (
  names: Iterable<string>,
  taken: Set<string>,
  next: (name: string, number: number) => string,
): ReadonlyMap<string, string> => {
  const own = new Set(names)
  const map = new Map<string, string>()
  for (const name of own) {
    let free = name
    for (let number = 2; taken.has(free) || (free !== name && own.has(free)); number++)
      free = next(name, number)
    map.set(name, free)
    taken.add(free)
  }
  return map
}

/** `lane_1` becomes `lane_2`, and `run` `run_2`: readers know both by their beginning. */
const nextLane = (name: string, number: number): string => `${name.replace(/_\d+$/, '')}_${number}`
