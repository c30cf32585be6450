import { relative } from 'node:path'
import { type LockChange, type LockedImages, lockImages, type Project } from 'mesocosm/operate'
import type { Io } from '../command.ts'
import { wantsColor } from '../tree/screen.ts'
import { painted } from '../tree/style.ts'

/** How to lock. */
export interface LockHow {
  readonly check: boolean
  readonly update: boolean | readonly string[]
  readonly json: boolean
  readonly signal: AbortSignal
}

/** Locks the images of a topology, or checks the lock; returns the exit code. */
export const lock = async (
  project: Project,
  io: Io,
  { check, update, json, signal }: LockHow,
): Promise<number> => {
  const result = await lockImages(project, { check, update, signal })
  const isStale = check && result.changed
  if (json) {
    io.stdout.write(`${JSON.stringify(result, undefined, 2)}\n`)
    return isStale ? 1 : 0
  }
  const word = wantsColor(io.stderr) ? painted('warning', 'yellow') : 'warning'
  for (const text of warningsOf(result)) io.stderr.write(`${word}  ${text}\n`)
  const file = relative(io.cwd, result.path)
  for (const change of result.changes) io.stdout.write(`${describe(change)}\n`)
  io[isStale ? 'stderr' : 'stdout'].write(
    `${file} ${isStale ? 'is out of date; run `mesocosm images lock`' : result.changed ? 'written' : 'is up to date'}\n`,
  )
  return isStale ? 1 : 0
}

// ---

const warningsOf = ({ moved, notes }: LockedImages): string[] => [
  ...moved.map(
    ({ image, locked, now }) =>
      `${image} has moved from ${short(locked)} to ${short(now)}; to take it: \`mesocosm images lock --update ${image}\``,
  ),
  ...notes.map(({ image, text }) => `${image} ${text}`),
]

const describe = ({ image, change, from, to }: LockChange): string => {
  if (change === 'added') return `+ ${image}  ${to === undefined ? 'not locked' : short(to)}`
  if (change === 'removed') return `- ${image}`
  if (change === 'updated') return `~ ${image}  ${short(from)} -> ${short(to)}`
  return `~ ${image}  ${change === 'ids' ? 'its id on the engine is known' : 'other topologies use it'}`
}

const short = (digest: string | undefined): string =>
  digest === undefined ? 'not locked' : digest.replace(/^sha256:/, '').slice(0, 12)
