import { join } from 'node:path'
import { assignFiles, queueOf } from '../balance/assign-files.ts'
import type { Durations } from '../balance/durations.ts'
import { fileIn } from '../balance/file-in.ts'
import { timedFiles } from '../balance/order-files.ts'
import { recordedTimes } from '../balance/recorded-times.ts'
import { readDurations, recordDurations } from '../balance/store.ts'
import { projectRoot } from '../disk/project-root.ts'

/** A test file to order. */
export interface OrderedFile {
  /** Absolute path. */
  readonly path: string
  /** Bytes; the estimate for files that have not run yet. Default 0. */
  readonly bytes?: number
}

/** How long a test file took. */
export interface FileTime {
  /** Absolute path. */
  readonly path: string
  /** Milliseconds in which a worker was busy with it. */
  readonly ms: number
}

/** The order of a project's test files, from the times of earlier runs. */
export interface FileOrder {
  /**
   * Returns the files in the order in which workers should take them: the longest first, files that ask for the same
   * environment one after the other on one worker where that balances.
   *
   * @param workers how many files run at once.
   */
  order<F extends OrderedFile>(files: readonly F[], workers: number): F[]
  /**
   * Records how long files took, for the next run, with the environments that their tests asked for.
   *
   * @returns why it could not be written; `undefined` if it was.
   */
  record(times: readonly FileTime[]): string | undefined
}

/**
 * Opens the order of the test files of a project; its times are in `.mesocosm/durations.json`.
 *
 * @param folder any folder of the project.
 */
export const openFileOrder = (folder: string): FileOrder => {
  const root = projectRoot(folder)
  const since = Date.now()
  return {
    order(files, workers) {
      const byFile = new Map(files.map((file) => [fileIn(root, file.path), file]))
      const sized = [...byFile].map(([file, { bytes = 0 }]) => ({ file, bytes }))
      const shares = assignFiles(timedFiles(sized, readDurations(root)), Math.max(1, workers))
      return queueOf(shares).flatMap(({ file }) => byFile.get(file) ?? [])
    },
    record(times) {
      const recorded = recordedTimes(join(root, '.mesocosm', 'latest'), root, since)
      const entries = times.map(({ path, ms }) => {
        const file = fileIn(root, path)
        return [file, spread(ms, recorded[file])] as const
      })
      return recordDurations(root, Object.fromEntries(entries))
    },
  }
}

// ---

/** Divides the time of a file by what its tests took in each environment: the rest is that of the file itself. */
const spread = (ms: number, recorded: Durations[string] = {}): Durations[string] => {
  const sum = Object.values(recorded).reduce((total, one) => total + one, 0)
  if (sum === 0) return { '': ms }
  return Object.fromEntries(
    Object.entries(recorded).map(([variant, part]) => [variant, (ms * part) / sum]),
  )
}
