import { chownSync } from 'node:fs'

/** A user other than the one of the tests. For tests. */
export const otherUid = 65_534

/** Skips the test, with the reason, where a file cannot be given to another user. */
export const needRoot = (context: { readonly skip: (reason: string) => unknown }): void => {
  if (process.geteuid?.() !== 0) context.skip('only root can give files to other users')
}

/** Gives an entry to the other user; returns its path. */
export const giveAway = (path: string): string => {
  chownSync(path, otherUid, otherUid)
  return path
}
