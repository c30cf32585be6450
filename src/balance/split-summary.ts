/** What one lane did in a split run. */
export interface LaneTime {
  /** Name of the lane. */
  readonly lane: string
  /** Milliseconds in which it ran commands. */
  readonly ms: number
  /** Number of files that it ran. */
  readonly files: number
  /** Exit code of its worst command. */
  readonly exitCode: number
}

/** How well a split run used its lanes. */
export interface SplitSummary {
  /** The longest file: no number of lanes is faster. */
  readonly bound: { readonly file: string; readonly ms: number } | undefined
  /** By lane. */
  readonly lanes: readonly LaneTime[]
  /** Milliseconds from the first command's start to the last one's end. */
  readonly ms: number
  /** Share of the lanes' time in which they ran commands, 0 to 1. */
  readonly efficiency: number
}

/** Returns the summary of a split run. */
export const summarize = (
  lanes: readonly LaneTime[],
  files: Readonly<Record<string, number>>,
): SplitSummary => {
  const ms = Math.max(0, ...lanes.map((lane) => lane.ms))
  const busy = lanes.reduce((sum, lane) => sum + lane.ms, 0)
  const [longest] = Object.entries(files).sort(([, a], [, b]) => b - a)
  return {
    bound: longest === undefined ? undefined : { file: longest[0], ms: Math.round(longest[1]) },
    lanes,
    ms: Math.round(ms),
    efficiency: ms === 0 ? 1 : Math.round((busy / (ms * lanes.length)) * 100) / 100,
  }
}

/** Returns the summary as lines for people. */
export const renderSummary = ({ bound, lanes, ms, efficiency }: SplitSummary): string => {
  const width = Math.max(0, ...lanes.map(({ lane }) => lane.length))
  const rows = lanes.map(
    (one) =>
      `  ${one.lane.padEnd(width)}  ${seconds(one.ms)}  ${plural(one.files, 'file')}${one.exitCode === 0 ? '' : `  exit code ${one.exitCode}`}`,
  )
  const slowest =
    bound === undefined ? [] : [`  bound: ${seconds(bound.ms)}, the slowest file ${bound.file}`]
  return [
    `${plural(lanes.length, 'lane')} in ${seconds(ms)}, efficiency ${Math.round(efficiency * 100)} %`,
    ...rows,
    ...slowest,
  ].join('\n')
}

// ---

const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`

const plural = (count: number, word: string): string => `${count} ${word}${count === 1 ? '' : 's'}`
