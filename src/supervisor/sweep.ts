import { removeAll } from '../engine/run/run-engine.ts'
import { label } from '../runtime/labels.ts'
import type { Inventory, Runtime } from '../runtime/runtime.ts'
import { liveness, readIdentity } from './owner-identity.ts'

/** What else than the leftovers of known dead supervisors to find. */
export interface SweepOptions {
  /** Also everything of a supervisor that cannot be seen from here, if all of it is older. Default: nothing of these. */
  readonly olderThanMs?: number | undefined
  /** Identities of supervisors that are known to be alive although they cannot be seen from here. Default none. */
  readonly alive?: ReadonlySet<string>
}

type Listed = Inventory[keyof Inventory][number]

/** Returns what remains of runs whose supervisor died on this host; not of live runs, nor of other hosts. */
export const findLeftovers = async (
  runtime: Runtime,
  { olderThanMs = Number.POSITIVE_INFINITY, alive = new Set() }: SweepOptions = {},
): Promise<Inventory> => {
  const all = await runtime.list({ [label.made]: '1' })
  const newest = newestByOwner([...all.containers, ...all.networks, ...all.volumes])
  const now = Date.now()
  const isLeft = (it: Listed) => {
    const owner = ownerOf(it)
    const state = alive.has(owner) ? 'alive' : livenessOf(owner)
    if (state !== 'unknown') return state === 'dead'
    return now - (newest.get(owner) ?? now) > olderThanMs
  }
  return {
    containers: all.containers.filter(isLeft),
    networks: all.networks.filter(isLeft),
    volumes: all.volumes.filter(isLeft),
  }
}

/** Removes what {@link findLeftovers} found. */
export const removeLeftovers = removeAll

/** Removes leftovers; returns how many there were. */
export const sweep = async (runtime: Runtime): Promise<number> => {
  const found = await findLeftovers(runtime)
  await removeLeftovers(runtime, found)
  return found.containers.length + found.networks.length + found.volumes.length
}

// ---

const ownerOf = ({ labels }: Listed): string => labels[label.owner] ?? ''

const livenessOf = (text: string) => {
  const owner = readIdentity(text)
  return owner === undefined ? 'unknown' : liveness(owner)
}

/** A supervisor that still creates things may be in use, so the newest decides. A time that is not known is now. */
const newestByOwner = (all: readonly Listed[]): ReadonlyMap<string, number> => {
  const newest = new Map<string, number>()
  for (const it of all) {
    const created = it.createdMs ?? Number.POSITIVE_INFINITY
    newest.set(ownerOf(it), Math.max(created, newest.get(ownerOf(it)) ?? 0))
  }
  return newest
}
