import type { StepReport, TimelineEntry } from '../attempt/attempt-report.ts'
import { plainText } from '../plain-text.ts'
import type { Section } from './section.ts'
import { durationText, offsetText } from './time.ts'

/** Returns one line per entry, plans with one more per cause; failures and what they happened in are important. */
export const timelineLines = (
  entries: readonly TimelineEntry[],
): Required<Pick<Section, 'lines' | 'important'>> => {
  const lines: string[] = []
  const important = new Set<number>()
  /** Numbers of the lines of the entries around the current one. */
  const around: number[] = []
  for (const entry of entries) {
    around.length = entry.depth
    around[entry.depth] = lines.length
    if (isFailure(entry)) for (const line of around) important.add(line)
    lines.push(lineOf(entry), ...stepLines(entry))
  }
  return { lines, important }
}

// ---

const isFailure = ({ status, error, kind, cause }: TimelineEntry): boolean =>
  error !== undefined ||
  (status !== undefined && /^(failed|timeout|aborted|unfinished)$/.test(status)) ||
  (kind === 'state' && cause === 'crash')

const lineOf = (entry: TimelineEntry): string => {
  const { at, depth, name, status, ms, cause, error, times } = entry
  const parts = [
    `${offsetText(at).padEnd(8)} ${'  '.repeat(depth)}${labelOf(entry)}${clip(name, 200)}`,
    ...(times === undefined ? [] : [`×${times}`]),
    ...(status === undefined ? [] : [`${status} ${durationText(ms ?? 0)}`]),
    ...(cause === undefined ? [] : [`(${clip(cause, 120)})`]),
    ...(error === undefined
      ? []
      : [`${error.code === undefined ? '' : `${error.code}: `}${clip(error.message, 300)}`]),
  ]
  return parts.join('  ')
}

/** Names of the other kinds say what they are. */
const labelOf = ({ kind }: TimelineEntry): string => (kind === 'step' ? 'step ' : '')

/** Steps of a plan by their cause: most of them have the same. */
const stepLines = ({ depth, steps = [] }: TimelineEntry): string[] => {
  const indent = ' '.repeat(9 + 2 * (depth + 1))
  return [...Map.groupBy(steps, ({ cause = '' }) => cause)].map(
    ([cause, group]) =>
      `${indent}${cause === '' ? '' : `${clip(cause, 120)}: `}${clip(group.map(stepText).join(', '), 300)}`,
  )
}

const stepText = ({ name, status }: StepReport): string =>
  status === 'done' ? name : `${name} (${status})`

const clip = (text: string, most: number): string => plainText(text, most).replaceAll('\n', ' ')
