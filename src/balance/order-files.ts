import { type Durations, totalMs, variantOf } from './durations.ts'

/** A test file to order. */
export interface SizedFile {
  /** Path from the project's root, with `/`. */
  readonly file: string
  /** Bytes; the estimate for files without a recorded duration. Default 0. */
  readonly bytes?: number
}

/** A test file with what is known of it. */
export interface TimedFile {
  /** Path from the project's root, with `/`. */
  readonly file: string
  /** Recorded duration, or an estimate. */
  readonly ms: number
  /** Whether the duration was recorded. */
  readonly known: boolean
  /** Name of the environment that it asks services for; `''` as declared. */
  readonly variant: string
}

/** Adds durations to files: recorded ones, else the mean of the recorded ones, longer for larger files. */
export const timedFiles = (files: readonly SizedFile[], durations: Durations): TimedFile[] => {
  const recorded = files.flatMap(({ file }) => totalMs(durations[file]) ?? [])
  const meanMs = recorded.length === 0 ? 1 : sum(recorded) / recorded.length
  const meanBytes = sum(files.map(({ bytes = 0 }) => bytes)) / Math.max(1, files.length)
  return files.map(({ file, bytes = 0 }) => {
    const ms = totalMs(durations[file])
    const variant = variantOf(durations[file])
    if (ms !== undefined) return { file, ms, known: true, variant }
    const ratio = meanBytes === 0 ? 1 : bytes / meanBytes
    return { file, ms: meanMs * ratio, known: false, variant }
  })
}

/**
 * Returns the order in which one lane, or workers with one queue, should run files: those with the declared environment
 * first, then variant after variant, so that each environment is set once; in each, the longest first.
 */
export const orderFiles = (files: readonly TimedFile[]): TimedFile[] =>
  byVariant(files)
    .sort((a, b) => Number(b.variant === '') - Number(a.variant === '') || b.ms - a.ms)
    .flatMap((group) => group.files.toSorted(longestFirst))

/** Returns files grouped by variant. */
export const byVariant = (files: readonly TimedFile[]) =>
  [...Map.groupBy(files, ({ variant }) => variant)].map(([variant, group]) => ({
    variant,
    files: group,
    ms: sum(group.map(({ ms }) => ms)),
  }))

/** Compares by duration, then by name, so that an order is the same each time. */
export const longestFirst = (a: TimedFile, b: TimedFile): number =>
  b.ms - a.ms || (a.file < b.file ? -1 : 1)

// ---

const sum = (values: readonly number[]): number => values.reduce((total, one) => total + one, 0)
