import { constants } from 'node:os'

/** Returns the exit code of a program that a signal ended, as shells report it. */
export const exitCodeOf = (signal: NodeJS.Signals | null): number =>
  signal === null ? 1 : 128 + (constants.signals[signal] ?? 0)
