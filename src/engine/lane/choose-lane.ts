import type { KeptLane } from '../../model/kept-lane.ts'
import type { Lane } from './lane.ts'

/** A lane of the pool, and who uses it. */
export interface PooledLane {
  readonly lane: Lane
  /** The services it was last leased with. */
  readonly fingerprint: string
  readonly slot: string | undefined
  readonly held: boolean
  /** Whether it was leased before; one that was made ahead may get the key of its first lease. */
  readonly used: boolean
  /** Whether it is being made ahead. */
  readonly making: boolean
  /** For which test it is kept; `undefined` unless it is. No lease gets a kept lane. */
  readonly kept: KeptLane | undefined
  /** When it was made, leased, released or kept last, milliseconds since 1970. */
  readonly since: number
}

/** What a lease asks for. */
export interface LaneChoice {
  readonly fingerprint: string
  readonly key: string | undefined
  readonly slot: string | undefined
}

/** Returns the lane of one topology that a lease should get, which may be held if it has a key; `undefined` for a new one. */
export const chooseLane = <E extends PooledLane>(
  lanes: readonly E[],
  { fingerprint, key, slot }: LaneChoice,
): E | undefined => {
  const free = lanes.filter(({ held, lane }) => !held && lane.key === undefined)
  const same = free.filter((entry) => entry.fingerprint === fingerprint)
  if (key !== undefined)
    return (
      lanes.find(({ lane }) => lane.key === key) ??
      leastWork(same.filter(({ used, lane }) => !used && lane.dirty === undefined))
    )
  return (
    free.find((entry) => slot !== undefined && entry.slot === slot) ??
    leastWork(same) ??
    // A lane that is being made must not get other services meanwhile.
    free.find(({ making }) => !making)
  )
}

// ---

/** Prefers lanes that are ready, then those that are being made, to a deep reset. */
const leastWork = <E extends PooledLane>(entries: readonly E[]): E | undefined =>
  entries.find(({ lane, making }) => !making && lane.dirty === undefined) ??
  entries.find(({ lane, making }) => !making && lane.dirty !== 'deep') ??
  entries.find(({ making }) => making) ??
  entries[0]
