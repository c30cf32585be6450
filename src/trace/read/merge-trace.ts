import type { TraceEvent } from '../event/event.ts'
import { buildTree, type Located } from './build-tree.ts'
import type { Draft } from './nodes.ts'
import { readEvents, type SkippedLine } from './read-events.ts'
import type { Trace, TraceRun } from './trace.ts'

/** A file of a run's folder, as it was read. */
export interface TraceFile {
  /** Path within the folder: `run.json`, `ev/owner.ndjson`. */
  readonly name: string
  /** Its content, UTF-8. */
  readonly text: string
}

/**
 * Merges the files of one run into its entries in the order of time and the tree of what caused what. Never throws:
 * what cannot be read is in `skipped`.
 *
 * @param files `run.json` and all files of `ev/`, in any order; others are ignored.
 */
export const mergeTrace = (files: readonly TraceFile[]): Trace => {
  const skipped: SkippedLine[] = []
  const located: Located[] = []
  for (const { name, text } of files) {
    if (!isEventFile(name)) continue
    const read = readEvents(text, name)
    for (const line of read.skipped) skipped.push(line)
    for (const event of read.events) located.push({ event, file: name })
  }
  located.sort((a, b) => a.event.t - b.event.t)
  const events = located.map(({ event }) => event)
  const run = runOf(factsOf(files, skipped), events)
  const root: Draft = {
    kind: 'run',
    name: run.id === undefined ? 'run' : `run ${run.id}`,
    start: run.start,
    end: run.end,
    children: [],
    events: events.filter(({ k }) => k === 'run.start' || k === 'run.end'),
  }
  const tests = buildTree(root, located)
  return { run, events, root, tests, skipped }
}

// ---

const isEventFile = (name: string): boolean => name.endsWith('.ndjson') && !/(^|\/)log\//.test(name)

interface RunFile {
  readonly id?: string
  readonly root?: string
  readonly engine?: Readonly<Record<string, unknown>>
  readonly status?: string
  readonly start?: number
}

const factsOf = (files: readonly TraceFile[], skipped: SkippedLine[]): RunFile => {
  const file = files.find(({ name }) => /(^|\/)run\.json$/.test(name))
  if (file === undefined) return {}
  try {
    const facts: unknown = JSON.parse(file.text)
    return typeof facts === 'object' && facts !== null ? facts : {}
  } catch {
    const detail = file.text.slice(0, 80)
    skipped.push({ file: file.name, line: 1, reason: 'invalid', detail })
    return {}
  }
}

const runOf = (facts: RunFile, events: readonly TraceEvent[]): TraceRun => {
  const begin = events.find((event): event is TraceEvent<'run.start'> => event.k === 'run.start')
  const ends = events.filter((event): event is TraceEvent<'run.end'> => event.k === 'run.end')
  const root = begin?.root ?? facts.root
  const engine = begin?.engine ?? facts.engine
  const clients = events.filter((event) => event.k === 'client')
  const topologies = events.filter((event) => event.k === 'topology')
  const start = Math.min(facts.start ?? Number.POSITIVE_INFINITY, events[0]?.t ?? facts.start ?? 0)
  return {
    ...(facts.id === undefined ? {} : { id: facts.id }),
    ...(root === undefined ? {} : { root }),
    ...(engine === undefined ? {} : { engine }),
    ...(begin?.git === undefined ? {} : { git: begin.git }),
    clients: clients.map(({ k: _, t: __, ...client }) => client),
    topologies: Object.fromEntries(
      topologies.map(({ name, services }) => [name, { name, services }]),
    ),
    status: ends.at(-1)?.status ?? facts.status ?? 'unfinished',
    start,
    end: events.at(-1)?.t ?? start,
  }
}
