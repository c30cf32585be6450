import { pause } from '../call/pause.ts'
import { removeAll } from '../engine/run/run-engine.ts'
import type { Inventory } from '../runtime/inventory.ts'
import { label } from '../runtime/labels.ts'
import type { Runtime } from '../runtime/runtime.ts'
import { liveness, readIdentity } from './owner-identity.ts'

/** What else than the leftovers of known dead supervisors to find. */
export interface SweepOptions {
  /** Also everything of a supervisor that cannot be seen from here, if all of it is older. Default: nothing of these. */
  readonly olderThanMs?: number | undefined
  /** Identities of supervisors that are known to be alive although they cannot be seen from here. Default none. */
  readonly alive?: ReadonlySet<string>
}

type Listed = Inventory[keyof Inventory][number]

/**
 * Returns what remains of runs whose supervisor died; not of live runs. On another host, or in a container whose
 * processes are not visible, a supervisor is known to be dead if it has a lease and let it lapse.
 */
export const findLeftovers = async (
  runtime: Runtime,
  { olderThanMs = Number.POSITIVE_INFINITY, alive = new Set() }: SweepOptions = {},
): Promise<Inventory> => {
  const all = await runtime.list({ [label.made]: '1' })
  const newest = newestByOwner([...all.containers, ...all.networks, ...all.volumes])
  const lapsed = lapsedOwners(all)
  const now = Date.now()
  const isLeft = (it: Listed) => {
    const owner = ownerOf(it)
    const state = alive.has(owner) ? 'alive' : livenessOf(owner)
    if (state !== 'unknown') return state === 'dead'
    if (lapsed.has(owner)) return true
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

/** Times of {@link removeOwned}, in milliseconds. */
export interface RemoveOwnedOptions {
  /** Called for each failed pass; the next one tries again. */
  readonly onError: (error: unknown) => void
  /** How long nothing may appear before it ends: the engine completes calls of a killed process. Default 3 000. */
  readonly quietMs?: number
  /** Ends after this long without progress; default 120 000. */
  readonly giveUpMs?: number
  /** Between two passes; default 250. */
  readonly everyMs?: number
}

/**
 * Removes everything of an owner that has died, until nothing more appears. Does nothing while the owner lives.
 *
 * @param owner as in the label.
 * @returns how many things were removed.
 */
export const removeOwned = async (
  runtime: Runtime,
  owner: string,
  { onError, quietMs = 3_000, giveUpMs = 120_000, everyMs = 250 }: RemoveOwnedOptions,
): Promise<number> => {
  let removed = 0
  let progressAt = performance.now()
  let quietSince: number | undefined
  for (;;) {
    const identity = readIdentity(owner)
    const dead = identity !== undefined && liveness(identity) === 'dead'
    const now = performance.now()
    try {
      const found = dead ? await runtime.list({ [label.owner]: owner }) : undefined
      const count = found === undefined ? undefined : sizeOf(found)
      if (found !== undefined && count !== undefined && count > 0) {
        await removeAll(runtime, found)
        removed += count
        progressAt = now
      }
      quietSince = count === 0 ? (quietSince ?? now) : undefined
    } catch (error) {
      quietSince = undefined
      onError(error)
    }
    if (quietSince !== undefined && now - quietSince >= quietMs) return removed
    if (now - progressAt >= giveUpMs) return removed
    await pause(everyMs)
  }
}

/** Removes leftovers; returns how many there were. */
export const sweep = async (runtime: Runtime): Promise<number> => {
  const found = await findLeftovers(runtime)
  await removeLeftovers(runtime, found)
  return sizeOf(found)
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

/** Returns the owners whose every lease has exited. */
const lapsedOwners = ({ containers }: Inventory): ReadonlySet<string> => {
  const leases = containers.filter(({ labels }) => labels[label.role] === 'lease')
  const ownersOf = (some: typeof leases) => some.map(({ labels }) => labels[label.owner] ?? '')
  const held = new Set(ownersOf(leases.filter(({ status }) => status !== 'exited')))
  return new Set(ownersOf(leases).filter((owner) => !held.has(owner)))
}

const sizeOf = ({ containers, networks, volumes }: Inventory): number =>
  containers.length + networks.length + volumes.length
