import { byVariant, longestFirst, orderFiles, type TimedFile } from './order-files.ts'

/** Files of one lane, in the order in which they run. */
export interface LaneShare {
  /** The files. */
  readonly files: readonly TimedFile[]
  /** Sum of their durations. */
  readonly ms: number
}

/**
 * Distributes files over lanes, so that all end at about the same time. Files of one variant stay on one lane unless
 * that would make a lane 5 % longer than the mean: each lane sets each of its environments once.
 *
 * No distribution is faster than the longest file, or than the mean of the lanes.
 */
export const assignFiles = (files: readonly TimedFile[], lanes: number): LaneShare[] => {
  const least = bound(files, lanes)
  let best: LaneShare[] | undefined
  // Smaller pieces balance better, and cost more changes of environments: take the largest that do.
  for (let pieceMs = least; ; pieceMs /= 2) {
    const shares = pack(pieces(files, pieceMs), lanes)
    if (best === undefined || worst(shares) < worst(best)) best = shares
    if (worst(best) <= least * tolerance || pieceMs < shortest(files) || least === 0) return best
  }
}

/** Returns the time that no distribution can be below: the mean of the lanes, or the longest file. */
export const bound = (files: readonly TimedFile[], lanes: number): number =>
  Math.max(0, ...files.map(({ ms }) => ms), sumOf(files) / lanes)

/** Returns how often the lanes change an environment: once per lane and variant. */
export const restarts = (shares: readonly LaneShare[]): number =>
  shares
    .map(({ files }) => new Set(files.flatMap(({ variant }) => (variant === '' ? [] : [variant]))))
    .reduce((sum, variants) => sum + variants.size, 0)

/**
 * Returns one queue for workers that take the next file when they are free: the files of all shares in the order in which
 * their lanes would begin them, so that each worker gets about one share.
 */
export const queueOf = (shares: readonly LaneShare[]): TimedFile[] =>
  shares
    .flatMap(({ files }, lane) => {
      let at = 0
      return files.map((file) => {
        const begins = at
        at += file.ms
        return { file, begins, lane }
      })
    })
    .sort((a, b) => a.begins - b.begins || b.file.ms - a.file.ms || a.lane - b.lane)
    .map(({ file }) => file)

// ---

const tolerance = 1.05

/** Splits each variant into pieces of at most this duration. The declared environment costs nothing, so its files are free. */
const pieces = (files: readonly TimedFile[], pieceMs: number): LaneShare[] =>
  byVariant(files).flatMap(({ variant, files: group, ms }) =>
    variant === ''
      ? group.map((file) => ({ files: [file], ms: file.ms }))
      : pack(
          group.map((file) => ({ files: [file], ms: file.ms })),
          Math.max(1, Math.min(group.length, Math.ceil(ms / Math.max(pieceMs, 1e-9)))),
        ),
  )

/** Gives each piece, the longest first, to the lane that has least; of equal ones, to one that has its variant. */
const pack = (given: readonly LaneShare[], lanes: number): LaneShare[] => {
  const loads = Array.from({ length: lanes }, () => ({ files: [] as TimedFile[], ms: 0 }))
  const sorted = given.toSorted((a, b) => b.ms - a.ms || longestFirst(first(a), first(b)))
  for (const piece of sorted) {
    const to = loads.reduce((least, load) => (load.ms < least.ms ? load : least))
    to.files.push(...piece.files)
    to.ms += piece.ms
  }
  return loads.map(({ files, ms }) => ({ files: orderFiles(files), ms }))
}

const first = ({ files: [file] }: LaneShare): TimedFile =>
  file ?? { file: '', ms: 0, known: false, variant: '' }

const sumOf = (files: readonly TimedFile[]): number => files.reduce((sum, { ms }) => sum + ms, 0)

const worst = (shares: readonly LaneShare[]): number => Math.max(...shares.map(({ ms }) => ms))

const shortest = (files: readonly TimedFile[]): number => Math.min(...files.map(({ ms }) => ms))
