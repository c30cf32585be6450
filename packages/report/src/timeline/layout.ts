import type { TraceNode } from '../../../../src/trace/read/trace.ts'
import type { Stretch } from '../model/states.ts'
import type { Bar, Mark, RunModel, Track } from '../model/tracks.ts'
import { walk } from '../model/walk.ts'
import { pack } from './pack.ts'

/** Bars of which none covers another one. */
export interface Line {
  /** Pixels from the top of the timeline. */
  readonly y: number
  readonly height: number
  readonly bars: readonly Bar[]
}

/** A row of the timeline, with its name at the left. */
export interface Row {
  readonly kind: 'steps' | 'lane' | 'service'
  readonly label: string
  /** Lane, where rows of several lanes are together. */
  readonly note?: string
  readonly lane?: string
  readonly service?: string
  readonly y: number
  readonly height: number
  readonly lines: readonly Line[]
  readonly marks: readonly Mark[]
  readonly states: readonly Stretch[]
}

/** All rows. */
export interface Layout {
  readonly rows: readonly Row[]
  readonly height: number
  /** Times in which limits stood still, behind all rows. */
  readonly suspensions: readonly Bar[]
}

/** Which services have a row. */
export interface RowChoice {
  /** Names; all if it is empty. */
  readonly services: readonly string[]
  /** Returns whether the service has lines then. */
  hasLines(lane: string, service: string): boolean
}

/** Returns the rows of one attempt of a test: its nested steps, then the services that had to do with it. */
export const layoutTest = (
  model: RunModel,
  test: TraceNode,
  touched: readonly string[],
  choice: RowChoice,
): Layout => {
  const draft = new Draft()
  draft.add({ kind: 'steps', label: 'Steps' }, stepLines(model, test), stepHeight)
  const own = [...model.tracks.values()].filter(
    ({ lane }) => lane === 'run' || lane === test.lane || test.lane === undefined,
  )
  for (const shared of [false, true])
    for (const track of own) {
      if ((track.lane === 'run') !== shared) continue
      if (!chosen(choice, track.service)) continue
      const active =
        touched.includes(track.service) ||
        during(track.bars, test) ||
        track.spans.some((span) => overlaps(span, test)) ||
        track.marks.some(({ time }) => time >= test.start && time <= test.end) ||
        choice.hasLines(track.lane, track.service)
      if (active) addTrack(draft, track, shared ? 'shared' : undefined, test)
    }
  return draft.layout(model.suspensions.filter((bar) => overlaps(bar, test)))
}

/** Returns the rows of the whole run: per lane its tests, then its services. */
export const layoutRun = (
  model: RunModel,
  lanes: readonly string[],
  closed: ReadonlySet<string>,
  choice: RowChoice,
): Layout => {
  const draft = new Draft()
  const shared = 'run'
  for (const lane of [...lanes.filter((name) => name !== shared), shared]) {
    const tests = model.trace.tests
      .filter((test) => (test.lane ?? laneWithin(test)) === lane)
      .map((test) => testBar(model, test))
    const tracks = [...model.tracks.values()].filter(
      (track) => track.lane === lane && chosen(choice, track.service),
    )
    if (tests.length === 0 && tracks.length === 0) continue
    const rows = pack(tests, () => 0, 3)
    const lines = linesOf(tests, rows)
    draft.add({ kind: 'lane', label: lane === shared ? 'shared' : lane, lane }, lines, stepHeight)
    if (!closed.has(lane)) for (const track of tracks) addTrack(draft, track, undefined)
  }
  return draft.layout(model.suspensions)
}

/** Height of one line of steps, pixels. */
export const stepHeight = 20
/** Height of one line of a service's own spans, pixels. */
export const spanHeight = 8
/** Height of the histogram of log lines, pixels. */
export const densityHeight = 14
/** Height of the ribbon of states, pixels. */
export const ribbonHeight = 3

// ---

const barHeight = 18
const gap = 5

class Draft {
  readonly #rows: Row[] = []
  #y = 0

  add(
    row: Pick<Row, 'kind' | 'label' | 'note' | 'lane' | 'service'> & Partial<Row>,
    lines: readonly (readonly Bar[])[],
    lineHeight: number,
    below: readonly (readonly Bar[])[] = [],
  ): void {
    const service = row.kind === 'service'
    let y = this.#y + 3
    const placed: Line[] = []
    const place = (bars: readonly Bar[], height: number) => {
      placed.push({ y, height: height - 2, bars })
      y += height
    }
    // Marks are on the first line of bars.
    const empty = lines.length === 0 && (!service || (row.marks?.length ?? 0) > 0)
    for (const bars of empty ? [[]] : lines) place(bars, lineHeight)
    for (const bars of below) place(bars, spanHeight)
    const height = y - this.#y + (service ? densityHeight + ribbonHeight : 0) + gap
    this.#rows.push({ marks: [], states: [], ...row, y: this.#y, height, lines: placed })
    this.#y += height
  }

  layout(suspensions: readonly Bar[]): Layout {
    return { rows: this.#rows, height: this.#y, suspensions }
  }
}

const addTrack = (
  draft: Draft,
  { lane, service, bars, spans, marks, states }: Track,
  note: string | undefined,
  within?: TraceNode,
): void => {
  const shownBars = within === undefined ? bars : bars.filter((bar) => overlaps(bar, within))
  const shownSpans = within === undefined ? [] : spans.filter((bar) => overlaps(bar, within))
  draft.add(
    {
      kind: 'service',
      label: service,
      lane,
      service,
      states,
      marks:
        within === undefined
          ? marks
          : marks.filter(({ time }) => time >= within.start && time <= within.end),
      ...(note === undefined ? {} : { note }),
    },
    linesOf(
      shownBars,
      pack(shownBars, () => 0, 2),
    ),
    barHeight,
    linesOf(
      shownSpans,
      pack(shownSpans, () => 0, 5),
    ),
  )
}

const chosen = ({ services }: RowChoice, service: string): boolean =>
  services.length === 0 || services.includes(service)

const overlaps = (
  a: { readonly start: number; readonly end: number },
  b: { readonly start: number; readonly end: number },
): boolean => a.start <= b.end && a.end >= b.start

const during = (bars: readonly Bar[], test: TraceNode): boolean =>
  bars.some((bar) => overlaps(bar, test))

const linesOf = (bars: readonly Bar[], rows: readonly number[]): Bar[][] => {
  const lines: Bar[][] = []
  for (const [position, bar] of bars.entries()) {
    const row = rows[position] ?? -1
    if (row < 0) continue
    while (lines.length <= row) lines.push([])
    lines[row]?.push(bar)
  }
  return lines
}

const testBar = (model: RunModel, test: TraceNode): Bar => ({
  key: model.keyOf(test),
  kind: 'test',
  label: test.name,
  start: test.start,
  end: test.end,
  status: test.status,
  test: test.test,
})

/** A test that is not of one lane shows where its first call was. */
const laneWithin = (test: TraceNode): string | undefined =>
  test.children.find(({ lane }) => lane !== undefined)?.lane

/** Steps and calls, each below the one around it. */
const stepLines = (model: RunModel, test: TraceNode): Bar[][] => {
  const bars: (Bar & { readonly above: Bar | undefined })[] = []
  const barOf = new Map<TraceNode, Bar>()
  walk(test, (node, parent) => {
    if (node.kind !== 'step' && node.kind !== 'call') return
    const bar = {
      key: model.keyOf(node),
      kind: node.kind,
      label: node.name,
      start: node.start,
      end: node.end,
      status: node.status,
      test: node.test,
      above: barOf.get(parent),
    } as const
    barOf.set(node, bar)
    bars.push(bar)
  })
  bars.sort((a, b) => a.start - b.start)
  const rows = pack(
    bars,
    ({ above }, rowOf) => (above === undefined ? 0 : rowOf(above as (typeof bars)[number]) + 1),
    8,
  )
  return linesOf(bars, rows)
}
