import { execFileSync } from 'node:child_process'
import {
  closeSync,
  mkdtempSync,
  openSync,
  rmdirSync,
  rmSync,
  statSync,
  truncateSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { codeOf } from '../errors/unknown-error.ts'

/** A file system of its own, small enough to be filled. For tests. */
export interface SmallDisk extends Disposable {
  readonly folder: string
  /** Uses all space that is left, but for so many bytes; default 0. */
  fill(spare?: number): void
  /** Frees the space again. */
  free(): void
}

/** Why a test without a small disk is skipped. */
export const noMount = 'mounting a file system needs root on Linux'

/** Mounts a file system of this size; `undefined` if this user may not. */
export const mountSmallDisk = (bytes: number): SmallDisk | undefined => {
  const folder = mkdtempSync(join(tmpdir(), 'mesocosm-disk-'))
  const ballast = join(folder, 'ballast')
  try {
    const args = ['-t', 'tmpfs', '-o', `size=${bytes}`, 'tmpfs', folder]
    execFileSync('mount', args, { stdio: 'ignore' })
  } catch {
    rmdirSync(folder)
    return undefined
  }
  return {
    folder,
    fill(spare = 0) {
      const file = openSync(ballast, 'a')
      // Large pieces first: a disk of an engine has a hundred thousand small ones.
      for (const piece of [Buffer.alloc(1024 * 1024), Buffer.alloc(4096)]) {
        try {
          for (;;) writeSync(file, piece)
        } catch (error) {
          if (codeOf(error) !== 'ENOSPC') throw error
        }
      }
      closeSync(file)
      if (spare > 0) truncateSync(ballast, statSync(ballast).size - spare)
    },
    free: () => rmSync(ballast),
    [Symbol.dispose]() {
      execFileSync('umount', ['-l', folder])
      rmdirSync(folder)
    },
  }
}
