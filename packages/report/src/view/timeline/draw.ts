import type { Stretch } from '../../model/states.ts'
import { type Bar, type Mark, trackKey } from '../../model/tracks.ts'
import { columnWidth, type Density } from '../../timeline/density.ts'
import {
  densityHeight,
  type Layout,
  type Line,
  type Row,
  ribbonHeight,
} from '../../timeline/layout.ts'
import { type Scale, type Tick, xOf } from '../../timeline/scale.ts'
import { markPaths } from '../icon.tsx'
import type { Palette } from './palette.ts'

/** What is drawn. */
export interface Drawing {
  readonly layout: Layout
  readonly scale: Scale
  /** Pixels that are scrolled away at the top, and height of the canvas. */
  readonly scroll: number
  readonly height: number
  readonly palette: Palette
  readonly ticks: readonly Tick[]
  readonly density: ReadonlyMap<string, Density>
  readonly range: readonly [from: number, to: number] | undefined
  /** Key of the chosen entry, and of the one under the pointer. */
  readonly chosen: string | undefined
  readonly hovered: string | undefined
  /** Time under the pointer. */
  readonly pointer: number | undefined
}

/** Draws the rows that are in view. */
export const draw = (context: CanvasRenderingContext2D, drawing: Drawing): void => {
  const { layout, scale, scroll, height, palette, ticks } = drawing
  context.clearRect(0, 0, scale.width, height)
  context.font = `11px ${palette.font}`
  context.textBaseline = 'middle'
  context.fillStyle = palette['faint-line']
  for (const { time } of ticks) context.fillRect(Math.round(xOf(scale, time)), 0, 1, height)
  context.save()
  context.translate(0, -scroll)
  for (const bar of layout.suspensions) hatch(context, bar, drawing)
  for (const row of layout.rows) {
    if (row.y + row.height < scroll || row.y > scroll + height) continue
    drawRow(context, row, drawing)
  }
  context.restore()
  drawRange(context, drawing)
}

// ---

const drawRow = (context: CanvasRenderingContext2D, row: Row, drawing: Drawing): void => {
  const { scale, palette } = drawing
  context.fillStyle = palette['faint-line']
  context.fillRect(0, row.y + row.height - 1, scale.width, 1)
  if (row.kind === 'service') {
    const density = drawing.density.get(trackKey(row.lane ?? '', row.service ?? ''))
    if (density !== undefined) drawDensity(context, row, density, drawing)
    for (const stretch of row.states) drawStretch(context, row, stretch, drawing)
  }
  for (const line of row.lines) drawLine(context, line, drawing)
  const [first] = row.lines
  if (first !== undefined) drawMarks(context, row.marks, first.y + first.height / 2, drawing)
}

/** Hatches a time over all rows: nothing of the run was late then. */
const hatch = (
  context: CanvasRenderingContext2D,
  { start, end, key }: Bar,
  { layout, scale, palette, chosen, hovered }: Drawing,
): void => {
  const left = Math.max(0, xOf(scale, start))
  const right = Math.min(scale.width, Math.max(xOf(scale, end), left + 2))
  if (right <= left) return
  const { height } = layout
  context.save()
  context.beginPath()
  context.rect(left, 0, right - left, height)
  context.clip()
  context.beginPath()
  // Lines at 45°, at places that stay where they are while the timeline is scrolled.
  for (let x = left - height - ((left - height) % hatchStep); x < right; x += hatchStep) {
    context.moveTo(x, height)
    context.lineTo(x + height, 0)
  }
  context.strokeStyle = key === chosen || key === hovered ? palette.soft : palette.idle
  context.lineWidth = 1.5
  context.stroke()
  context.restore()
  context.fillStyle = palette.soft
  for (const x of [left, right - 1]) context.fillRect(Math.round(x), 0, 1, height)
}

/** Pixels between two lines. */
const hatchStep = 8

const drawDensity = (
  context: CanvasRenderingContext2D,
  row: Row,
  { all, errors }: Density,
  { palette }: Drawing,
): void => {
  const bottom = row.y + row.height - ribbonHeight - 3
  const most = Math.max(4, ...all)
  const heightOf = (count: number) =>
    Math.max(2, (Math.log2(1 + count) / Math.log2(1 + most)) * densityHeight)
  for (const [column, count] of all.entries()) {
    if (count === 0) continue
    const height = heightOf(count)
    context.fillStyle = palette.density
    context.fillRect(column * columnWidth, bottom - height, columnWidth - 1, height)
    const failed = errors[column] ?? 0
    if (failed === 0) continue
    // An error is seen even among a thousand other lines.
    const part = Math.max(3, (failed / count) * height)
    context.fillStyle = palette.bad
    context.fillRect(column * columnWidth, bottom - part, columnWidth - 1, part)
  }
}

const stateColours = {
  starting: 'warn',
  ready: 'good',
  unhealthy: 'bad',
  paused: 'soft',
  stopped: 'idle',
  crashed: 'bad',
} as const

const drawStretch = (
  context: CanvasRenderingContext2D,
  row: Row,
  { state, start, end }: Stretch,
  { scale, palette }: Drawing,
): void => {
  const [left, right] = [Math.max(0, xOf(scale, start)), Math.min(scale.width, xOf(scale, end))]
  if (right <= left) return
  const y = row.y + row.height - ribbonHeight - 2
  context.fillStyle = palette[stateColours[state]]
  // Shapes tell states apart without colours, too: full, thin, dotted.
  if (state === 'stopped') context.fillRect(left, y + 1, right - left, 1)
  else if (state === 'paused' || state === 'starting')
    for (let x = left; x < right; x += 5)
      context.fillRect(x, y, Math.min(3, right - x), ribbonHeight)
  else context.fillRect(left, y, right - left, ribbonHeight)
}

/** Failures are drawn last, so that one is seen among a thousand bars at the same place. */
const drawLine = (context: CanvasRenderingContext2D, line: Line, drawing: Drawing): void => {
  for (const failed of [false, true]) {
    let drawn = Number.NEGATIVE_INFINITY
    for (const bar of line.bars) {
      if (hasFailed(bar) !== failed) continue
      const start = xOf(drawing.scale, bar.start)
      const end = xOf(drawing.scale, bar.end)
      if (end < 0 || start > drawing.scale.width) continue
      const left = Math.max(-2, start)
      const right = Math.min(drawing.scale.width + 2, Math.max(end, left + 2))
      // Bars that are too short to be seen one by one are one.
      if (right <= drawn && right - left < 3 && bar.key !== drawing.chosen) continue
      drawn = right
      drawBar(context, line, bar, left, right, drawing)
    }
  }
}

const drawBar = (
  context: CanvasRenderingContext2D,
  { y, height }: Line,
  bar: Bar,
  left: number,
  right: number,
  { palette, chosen, hovered }: Drawing,
): void => {
  const [fill, edge, ink] = coloursOf(bar, palette)
  const width = Math.max(2, right - left - (right - left > 6 ? 1 : 0))
  // Too narrow for an edge of its own.
  context.fillStyle = width > 6 || !hasFailed(bar) ? fill : edge
  box(context, left, y, width, height, Math.min(3, width / 2))
  context.fill()
  if (width > 6) {
    context.fillStyle = edge
    box(context, left, y, 2.5, height, 1)
    context.fill()
  }
  if (bar.key === hovered || bar.key === chosen) {
    context.strokeStyle = bar.key === chosen ? palette.accent : palette.soft
    context.lineWidth = bar.key === chosen ? 2 : 1
    box(context, left + 0.5, y + 0.5, Math.max(1, width - 1), height - 1, 3)
    context.stroke()
  }
  if (height > 10 && width > 30) write(context, bar.label, left, y + height / 2 + 0.5, width, ink)
}

const hasFailed = ({ status }: Bar): boolean =>
  status === 'failed' || status === 'timeout' || status === 'blocked'

const write = (
  context: CanvasRenderingContext2D,
  label: string,
  left: number,
  y: number,
  width: number,
  ink: string,
): void => {
  const from = Math.max(left, 0) + 7
  const room = left + width - from - 4
  if (room < 20) return
  context.fillStyle = ink
  context.fillText(shortened(context, label, room), from, y)
}

const shortened = (context: CanvasRenderingContext2D, label: string, room: number): string => {
  if (label.length * 5.4 < room * 0.8 || context.measureText(label).width <= room) return label
  let [low, high] = [0, Math.min(label.length, Math.ceil(room / 3))]
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if (context.measureText(`${label.slice(0, middle)}…`).width <= room) low = middle
    else high = middle - 1
  }
  return low < 2 ? '' : `${label.slice(0, low).trimEnd()}…`
}

const coloursOf = (bar: Bar, palette: Palette): [fill: string, edge: string, ink: string] => {
  const { kind, status } = bar
  if (hasFailed(bar)) return [palette['bad-bar'], palette.bad, palette.ink]
  if (kind === 'test' && status === 'passed')
    return [palette['good-bar'], palette.good, palette.ink]
  if (kind === 'span') return [palette['bar-edge'], palette['bar-edge'], palette.ink]
  if (kind === 'start') return [palette['warn-bar'], palette.warn, palette.ink]
  if (kind === 'exec' || kind === 'step')
    return [palette['bar-strong'], palette.accent, palette.ink]
  if (kind === 'stop' || kind === 'task') return [palette.idle, palette.soft, palette.ink]
  if (status === 'unfinished' || status === 'aborted')
    return [palette.idle, palette.soft, palette.ink]
  return [palette.bar, palette['bar-edge'], palette.ink]
}

const drawMarks = (
  context: CanvasRenderingContext2D,
  marks: readonly Mark[],
  y: number,
  { scale, palette, chosen, hovered }: Drawing,
): void => {
  let drawn = Number.NEGATIVE_INFINITY
  for (const mark of marks) {
    const x = xOf(scale, mark.time)
    if (x < -8 || x > scale.width + 8) continue
    const marked = mark.key === chosen || mark.key === hovered
    if (x - drawn < 4 && !marked) continue
    drawn = x
    const bad = mark.failed || mark.kind === 'crash' || mark.kind === 'undo'
    const colour = bad ? palette.bad : mark.kind === 'warning' ? palette.warn : palette.accent
    context.save()
    context.translate(x - 7, y - 7)
    context.scale(14 / 16, 14 / 16)
    context.fillStyle = mark.key === chosen ? colour : palette.panel
    context.beginPath()
    context.arc(8, 8, 9.5, 0, Math.PI * 2)
    context.fill()
    context.strokeStyle = mark.key === chosen ? palette.panel : colour
    context.lineWidth = marked ? 2.2 : 1.7
    context.lineJoin = 'round'
    context.lineCap = 'round'
    context.stroke(shapes[mark.kind])
    context.restore()
  }
}

const shapes = Object.fromEntries(
  Object.entries(markPaths).map(([kind, path]) => [kind, new Path2D(path)]),
) as Readonly<Record<Mark['kind'], Path2D>>

const drawRange = (context: CanvasRenderingContext2D, drawing: Drawing): void => {
  const { scale, height, range, palette, pointer } = drawing
  if (range !== undefined) {
    const [left, right] = [xOf(scale, range[0]), xOf(scale, range[1])]
    context.fillStyle = palette.curtain
    context.fillRect(0, 0, Math.max(0, left), height)
    context.fillRect(right, 0, Math.max(0, scale.width - right), height)
    context.fillStyle = palette.accent
    for (const x of [left, right]) context.fillRect(Math.round(x) - 0.5, 0, 1.5, height)
  }
  if (pointer !== undefined) {
    context.fillStyle = palette.soft
    context.fillRect(Math.round(xOf(scale, pointer)), 0, 1, height)
  }
}

const box = (
  context: CanvasRenderingContext2D,
  x: number,
  y: number,
  width: number,
  height: number,
  radius: number,
): void => {
  context.beginPath()
  context.roundRect(x, y, width, height, radius)
}
