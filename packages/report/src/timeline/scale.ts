/** A span of time and how wide it is shown. */
export interface Scale {
  /** Milliseconds since 1970. */
  readonly from: number
  readonly to: number
  /** Pixels. */
  readonly width: number
}

/** Returns where a time is, pixels from the left. */
export const xOf = ({ from, to, width }: Scale, time: number): number =>
  ((time - from) / (to - from)) * width

/** Returns the time at a place. */
export const timeAt = ({ from, to, width }: Scale, x: number): number =>
  from + (x / Math.max(1, width)) * (to - from)

/** A line of the axis. */
export interface Tick {
  readonly time: number
  readonly label: string
}

/**
 * Returns lines at round times, at least 70 pixels apart.
 *
 * @param origin time that is 0 on the axis.
 */
export const ticksOf = (scale: Scale, origin: number): Tick[] => {
  const span = scale.to - scale.from
  const atMost = Math.max(1, scale.width / 70)
  const step =
    steps.find((each) => span / each <= atMost) ?? Math.ceil(span / atMost / 3_600_000) * 3_600_000
  const first = Math.ceil((scale.from - origin) / step) * step
  const ticks: Tick[] = []
  for (let at = first; at + origin <= scale.to; at += step)
    ticks.push({ time: origin + at, label: labelOf(at, step) })
  return ticks
}

/** Returns another span of time around a place: narrower with a factor below 1. Stays within the limits. */
export const zoom = (
  { from, to }: Pick<Scale, 'from' | 'to'>,
  factor: number,
  around: number,
  limits: readonly [from: number, to: number],
): readonly [number, number] => {
  const span = Math.min(Math.max((to - from) * factor, 0.5), limits[1] - limits[0])
  const share = (around - from) / (to - from)
  const start = Math.min(Math.max(around - span * share, limits[0]), limits[1] - span)
  return [start, start + span]
}

// ---

const steps = [
  0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000,
  20_000, 30_000, 60_000, 120_000, 300_000, 600_000, 1_200_000, 1_800_000, 3_600_000,
]

const labelOf = (ms: number, step: number): string => {
  if (Math.abs(ms) < step / 2) return '0'
  if (step < 1) return `${Number(ms.toFixed(3))} ms`
  if (step < 1000 && Math.abs(ms) < 1000) return `${Math.round(ms)} ms`
  if (step < 1000) return `${(ms / 1000).toFixed(step < 10 ? 3 : step < 100 ? 2 : 1)} s`
  if (step < 60_000 && Math.abs(ms) < 60_000) return `${Math.round(ms / 1000)} s`
  const minutes = Math.trunc(ms / 60_000)
  const seconds = Math.round(Math.abs(ms % 60_000) / 1000)
  return `${minutes}:${String(seconds).padStart(2, '0')}`
}
