import { type Scale, type Tick, xOf } from '../../timeline/scale.ts'
import type { Palette } from './palette.ts'

/** Height of the axis, pixels. */
export const axisHeight = 24

/** Draws the axis, with the chosen span of time and the time under the pointer. */
export const drawAxis = (
  context: CanvasRenderingContext2D,
  scale: Scale,
  ticks: readonly Tick[],
  palette: Palette,
  range: readonly [from: number, to: number] | undefined,
  pointer: { readonly time: number; readonly label: string } | undefined,
): void => {
  context.clearRect(0, 0, scale.width, axisHeight)
  context.font = `11px ${palette.font}`
  context.textBaseline = 'middle'
  if (range !== undefined) {
    const [left, right] = [xOf(scale, range[0]), xOf(scale, range[1])]
    context.fillStyle = palette.chosen
    context.fillRect(left, 0, right - left, axisHeight)
    context.fillStyle = palette.accent
    for (const x of [left, right]) context.fillRect(Math.round(x) - 0.5, 0, 1.5, axisHeight)
  }
  for (const { time, label } of ticks) {
    const x = Math.round(xOf(scale, time))
    context.fillStyle = palette.line
    context.fillRect(x, axisHeight - 6, 1, 6)
    context.fillStyle = palette.soft
    context.fillText(label, x + 4, axisHeight / 2)
  }
  if (pointer === undefined) return
  const width = context.measureText(pointer.label).width + 10
  const x = Math.max(0, Math.min(scale.width - width, xOf(scale, pointer.time) - width / 2))
  context.fillStyle = palette.ink
  context.beginPath()
  context.roundRect(x, 3, width, axisHeight - 6, 4)
  context.fill()
  context.fillStyle = palette.panel
  context.fillText(pointer.label, x + 5, axisHeight / 2 + 0.5)
}
