import { assignFiles } from '../../balance/assign-files.ts'
import type { Durations } from '../../balance/durations.ts'
import { longestFirst, type TimedFile, timedFiles } from '../../balance/order-files.ts'
import { recordedTimes } from '../../balance/recorded-times.ts'
import { type LaneTime, summarize } from '../../balance/split-summary.ts'
import { readDurations, recordDurations } from '../../balance/store.ts'
import { batchTimes } from './batch-times.ts'
import { filesOf, withFiles } from './files.ts'
import type { RunCommandResult } from './run-command.ts'
import type { RunOn } from './run-on-lanes.ts'

/** What is split. */
export interface SplitCommand {
  readonly argv: readonly string[]
  readonly pattern: string
  readonly cwd: string
  readonly root: string
}

/** What a split run needs besides. */
export interface SplitOptions {
  readonly note: (text: string) => void
  /** Folder of the run's record. */
  readonly folder: string
  /** Whether no further command may begin. */
  readonly isOver: () => boolean
}

/**
 * Distributes files over lanes. Files whose duration is recorded are handed to a lane at once, in one command; each other
 * file to the next free lane, in a command of its own that measures it.
 */
export const splitRun = async (
  { argv, pattern, cwd, root }: SplitCommand,
  lanes: readonly string[],
  run: RunOn,
  { note, folder, isOver }: SplitOptions,
): Promise<RunCommandResult> => {
  const found = filesOf(pattern, cwd, root)
  const argumentOf = new Map(found.map(({ file, argument }) => [file, argument]))
  const files = timedFiles(found, readDurations(root))
  const shares = assignFiles(
    files.filter(({ known }) => known),
    lanes.length,
  )
  const unknown = files.filter(({ known }) => !known).sort(longestFirst)
  const since = Date.now()
  const measured: Record<string, Durations[string]> = {}

  const runLane = async (lane: string, index: number): Promise<LaneTime> => {
    const begun = performance.now()
    const state = { files: 0, exitCode: 0 }
    const runBatch = async (batch: readonly TimedFile[]) => {
      if (batch.length === 0 || isOver()) return
      const start = performance.now()
      const words = withFiles(
        argv,
        batch.map(({ file }) => argumentOf.get(file) ?? file),
      )
      const code = await run(index, words)
      state.files += batch.length
      state.exitCode = Math.max(state.exitCode, code)
      // A command that was ended measures nothing.
      if (!isOver()) Object.assign(measured, batchTimes(batch, performance.now() - start))
    }
    await runBatch(shares[index]?.files ?? [])
    for (let next = unknown.shift(); next !== undefined; next = unknown.shift())
      await runBatch([next])
    return { lane, ms: Math.round(performance.now() - begun), ...state }
  }

  const times = await Promise.all(lanes.map(runLane))
  const all: Durations = { ...measured, ...within(recordedTimes(folder, root, since), argumentOf) }
  const fault = recordDurations(root, all)
  if (fault !== undefined) note(fault)
  const totals = Object.fromEntries(
    Object.entries(all).map(([file, byVariant]) => [
      file,
      Object.values(byVariant).reduce((sum, ms) => sum + ms, 0),
    ]),
  )
  return {
    exitCode: Math.max(...times.map(({ exitCode }) => exitCode)),
    summary: summarize(times, totals),
  }
}

// ---

const within = (times: Durations, files: ReadonlyMap<string, string>): Durations =>
  Object.fromEntries(Object.entries(times).filter(([file]) => files.has(file)))
