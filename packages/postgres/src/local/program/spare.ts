import { existsSync, readdirSync, renameSync, rmSync, statSync, utimesSync } from 'node:fs'
import { cp, rename, rm } from 'node:fs/promises'
import { setPriority } from 'node:os'
import { basename, dirname, join } from 'node:path'

/*
 * Copying a data folder of a thousand files takes longer than the server's start. So each server makes the copy of the
 * next one, once it has been running for a while.
 */

/** Takes the copy that an earlier server has made; returns whether there was one. */
export const takeSpare = (kept: string, to: string): boolean => {
  try {
    // Two servers that start at once do not get the same one.
    renameSync(spareOf(kept), to)
    return true
  } catch {
    // There is none, or the two folders are on different file systems.
    return false
  }
}

/** Makes a copy for the next server, after a while and with the lowest priority. */
export const makeSpare = (kept: string): void => {
  setTimeout(() => void copy(kept), afterMs).unref()
}

/** Notes that a kept folder is used, so that {@link removeUnused} leaves it. */
export const noteUse = (kept: string): void => {
  try {
    utimesSync(kept, new Date(), new Date())
  } catch {
    // There is none, or the home is read-only.
  }
}

/** Removes kept folders that no server has used for a month: each change of the init files makes another one. */
export const removeUnused = (folder: string, now = Date.now()): void => {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name)
    const usedAt = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? now
    if (now - usedAt > unusedMs) rmSync(path, { recursive: true, force: true })
  }
}

// ---

const unusedMs = 30 * 24 * 3_600_000

const afterMs = 3_000

const spareOf = (kept: string): string => `${kept}.spare`

const copy = async (kept: string): Promise<void> => {
  if (!existsSync(kept) || existsSync(spareOf(kept))) return
  const part = `${spareOf(kept)}.${process.pid}`
  try {
    // Threads that copy files are started later, and inherit it.
    setPriority(19)
    removeStale(kept)
    removeUnused(dirname(kept))
    await cp(kept, part, { recursive: true })
    await rename(part, spareOf(kept))
  } catch {
    // Another server was quicker, or the disk is full: the next one copies by itself.
    await rm(part, { recursive: true, force: true }).catch(() => {})
  }
}

/** Removes what servers that were killed meanwhile have left. */
const removeStale = (kept: string): void => {
  const folder = dirname(kept)
  const prefix = `${basename(spareOf(kept))}.`
  for (const name of readdirSync(folder)) {
    const isStale = name.startsWith(prefix) && !isAlive(Number(name.slice(prefix.length)))
    if (isStale) rmSync(join(folder, name), { recursive: true, force: true })
  }
}

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
