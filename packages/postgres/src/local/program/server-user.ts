import type { StdioOptions } from 'node:child_process'
import { chmodSync, existsSync, openSync } from 'node:fs'
import { join } from 'node:path'

/** A user without privileges, as which a server runs that root starts: it refuses to run as root. */
const unprivileged = 65_534

/** The user that the server's programs run as, and how that user reaches the folder of this process. */
export interface ServerUser {
  /** Its number, unless it is the user of this process. */
  readonly uid: number | undefined
  /** Returns the path of an entry of the folder for a program that gets {@link stdio}. */
  path(name: string): string
  /** Adds to the streams of a program what its paths need. */
  stdio(streams: readonly ('ignore' | 'inherit' | 'pipe')[]): StdioOptions
}

/**
 * Returns the user of the server's programs.
 *
 * @param own folder of this process. A folder above it may be closed to others, so Linux gets it as an open file.
 */
export const serverUser = (own: string): ServerUser => {
  if (process.getuid?.() !== 0)
    return { uid: undefined, path: (name) => join(own, name), stdio: (streams) => [...streams] }
  chmodSync(own, 0o711)
  if (!existsSync('/proc/self/fd'))
    return { uid: unprivileged, path: (name) => join(own, name), stdio: (streams) => [...streams] }
  const folder = openSync(own, 'r')
  return {
    uid: unprivileged,
    path: (name) => `/proc/self/fd/3/${name}`,
    stdio: (streams) => [...streams, folder],
  }
}
