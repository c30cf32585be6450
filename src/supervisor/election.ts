import { randomBytes } from 'node:crypto'
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { namesIn } from '../disk/names-in.ts'
import { codeOf } from '../errors/unknown-error.ts'
import type { RunDir } from '../protocol/run-dir.ts'
import { liveness, ownIdentity, readIdentity, writeIdentity } from './owner-identity.ts'

/**
 * Makes this process the one supervisor of a run; returns whether it is.
 *
 * Each owner has a numbered term: a hard link, which only one of several processes can create. The term of a dead
 * owner is followed by the next number and never deleted, so no process can delete the term of a live owner by
 * mistake. A supervisor that ends normally removes the terms with the folder.
 */
export const elect = (runDir: RunDir): boolean => {
  const card = `${runDir.owner}-${process.pid}-${randomBytes(4).toString('hex')}`
  try {
    writeFileSync(card, writeIdentity(ownIdentity()), { mode: 0o600 })
    for (;;) {
      const last = lastTerm(runDir)
      if (last > 0 && isOwned(runDir, last)) return false
      if (!take(card, termFile(runDir, last + 1))) continue
      // This copy is only informative; elections read the terms.
      renameSync(card, runDir.owner)
      return true
    }
  } catch (error) {
    // The previous owner is ending and has moved the folder away; the next supervisor gets a new one.
    if (codeOf(error) === 'ENOENT') return false
    throw error
  } finally {
    rmSync(card, { force: true })
  }
}

/**
 * Moves the run directory away, so that any client can start the next supervisor; returns its new path.
 * The log in it stays open for writing.
 */
export const stepAside = (runDir: RunDir): string => {
  const former = `${runDir.folder}.ended-${process.pid}`
  try {
    renameSync(runDir.folder, former)
    return former
  } catch {
    // Windows cannot move a folder that has open files, and a cleaner of temporary files may have deleted it.
    const marks = namesIn(runDir.folder).filter((name) => name.startsWith(basename(runDir.owner)))
    for (const mark of marks) rmSync(join(runDir.folder, mark), { force: true })
    rmSync(runDir.starting, { force: true })
    return runDir.folder
  }
}

// ---

const termFile = (runDir: RunDir, term: number) => `${runDir.owner}.${term}`

const lastTerm = (runDir: RunDir): number => {
  const prefix = `${basename(runDir.owner)}.`
  const terms = namesIn(runDir.folder)
    .filter((name) => name.startsWith(prefix))
    .map((name) => Number(name.slice(prefix.length)))
  return Math.max(0, ...terms.filter(Number.isInteger))
}

/** Returns whether the owner of this term is alive, or on another host and may be alive. */
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
