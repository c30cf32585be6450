import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import type { RunPlace } from '../protocol/run-place.ts'
import { liveness, ownIdentity, readIdentity, writeIdentity } from './owner-identity.ts'

/**
 * Makes this process the one supervisor of a run, or tells that another is.
 * A hard link is made by exactly one of many at once; the link of a dead owner is moved away by exactly one.
 */
export const elect = (place: RunPlace): boolean => {
  const card = `${place.owner}.${process.pid}`
  writeFileSync(card, writeIdentity(ownIdentity()), { mode: 0o600 })
  try {
    for (;;) {
      try {
        linkSync(card, place.owner)
        return true
      } catch (error) {
        if (codeOf(error) !== 'EEXIST') throw error
      }
      const owner = readIdentity(readOwner(place))
      if (owner !== undefined && liveness(owner) !== 'dead') return false
      try {
        const former = `${card}.former`
        renameSync(place.owner, former)
        const moved = readIdentity(readFileSync(former, 'utf8'))
        // Between the look and the move a living one may have taken the place: give it back.
        if (moved !== undefined && liveness(moved) !== 'dead') linkSync(former, place.owner)
        rmSync(former, { force: true })
      } catch (error) {
        // Somebody else was first to move it; look again.
        if (codeOf(error) !== 'ENOENT') throw error
      }
    }
  } finally {
    rmSync(card, { force: true })
  }
}

const readOwner = (place: RunPlace): string => {
  try {
    return readFileSync(place.owner, 'utf8')
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return ''
    throw error
  }
}

const codeOf = (error: unknown) => (error as NodeJS.ErrnoException).code
