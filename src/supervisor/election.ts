import { randomBytes } from 'node:crypto'
import { linkSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { RunDir } from '../protocol/run-dir.ts'
import { liveness, ownIdentity, readIdentity, writeIdentity } from './owner-identity.ts'

/**
 * Makes this process the one supervisor of a run; returns whether it is.
 *
 * Each owner has a term, numbered on from the last, as a hard link that exactly one of many at once can make.
 * A dead owner's term is never taken away, only followed: so a living owner's term is never mistaken for it.
 * The folder goes with the terms when a supervisor ends in order.
 */
export const elect = (runDir: RunDir): boolean => {
  const card = `${runDir.owner}-${process.pid}-${randomBytes(4).toString('hex')}`
  try {
    writeFileSync(card, writeIdentity(ownIdentity()), { mode: 0o600 })
    for (;;) {
      const last = lastTerm(runDir)
      if (last > 0 && isOwned(runDir, last)) return false
      if (!take(card, termFile(runDir, last + 1))) continue
      // For all who only want to know: no decision rests on this copy.
      renameSync(card, runDir.owner)
      return true
    }
  } catch (error) {
    // An owner that ends has moved the folder away: there is another one for the next.
    if (codeOf(error) === 'ENOENT') return false
    throw error
  } finally {
    rmSync(card, { force: true })
  }
}

/**
 * Makes room for the next supervisor, which any client may start now; returns where the folder is from now on.
 * The log in it goes on being written.
 */
export const stepAside = (runDir: RunDir): string => {
  const former = `${runDir.folder}.ended-${process.pid}`
  try {
    renameSync(runDir.folder, former)
    return former
  } catch {
    // Windows moves no folder with open files in it, and a cleaner of temporary files may have been here before.
    const marks = readdirOrNone(runDir.folder).filter((name) =>
      name.startsWith(basename(runDir.owner)),
    )
    for (const mark of marks) rmSync(join(runDir.folder, mark), { force: true })
    rmSync(runDir.starting, { force: true })
    return runDir.folder
  }
}

// ---

const termFile = (runDir: RunDir, term: number) => `${runDir.owner}.${term}`

const lastTerm = (runDir: RunDir): number => {
  const prefix = `${basename(runDir.owner)}.`
  const terms = readdirOrNone(runDir.folder)
    .filter((name) => name.startsWith(prefix))
    .map((name) => Number(name.slice(prefix.length)))
  return Math.max(0, ...terms.filter(Number.isInteger))
}

/** By one that lives, or that cannot be seen from here. */
const isOwned = (runDir: RunDir, term: number): boolean => {
  const owner = readIdentity(readFileSync(termFile(runDir, term), 'utf8'))
  return owner !== undefined && liveness(owner) !== 'dead'
}

const take = (card: string, file: string): boolean => {
  try {
    linkSync(card, file)
    return true
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
    throw error
  }
}

const readdirOrNone = (folder: string): string[] => {
  try {
    return readdirSync(folder)
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return []
    throw error
  }
}

const codeOf = (error: unknown) => (error as NodeJS.ErrnoException).code
