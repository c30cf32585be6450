import { MesocosmError } from '../../errors/mesocosm-error.ts'
import type { KeptLane } from '../../model/kept-lane.ts'
import type { ResetDepth } from '../../model/lane-change.ts'
import type { TopologySpec } from '../../model/service-spec.ts'
import { now } from '../../trace/event/clock.ts'
import type { Limit, SpareLimit } from '../run/limit.ts'
import { chooseLane, type PooledLane } from './choose-lane.ts'
import type { Lane } from './lane.ts'

/** Which lane a lease asks for. */
export interface LaneRequest {
  readonly spec: TopologySpec
  /** Exactly this lane; the lease waits while another client holds it. */
  readonly key: string | undefined
  /** Preferred lane: a worker slot of a runner gets its previous one. */
  readonly slot: string | undefined
  readonly signal: AbortSignal
}

/** What a lane is made from. */
export interface LaneMaking extends Pick<LaneRequest, 'spec' | 'key'> {
  /** For the engine calls of a lane made ahead; default that of the run. */
  readonly limit?: Limit
}

type Entry = { -readonly [K in keyof PooledLane]: PooledLane[K] } & {
  readonly waiting: (() => void)[]
  /** Of a lane made ahead. */
  spare?: SpareLimit
}

/**
 * The lanes of a run, and which are held. A lane is held by one client at a time; a released lane stays warm
 * for the next one.
 */
export class LanePool {
  readonly #make: (name: string, making: LaneMaking) => Lane
  readonly #entries = new Map<string, Entry>()
  readonly #fingerprints = new WeakMap<TopologySpec, string>()
  #made = 0

  constructor(make: (name: string, making: LaneMaking) => Lane) {
    this.#make = make
  }

  all(): readonly Readonly<PooledLane>[] {
    return [...this.#entries.values()]
  }

  /** Returns the lanes of this topology, except those that are kept. */
  of({ name, root }: TopologySpec): readonly Readonly<PooledLane>[] {
    return this.#of({ name, root })
  }

  get(name: string): Lane | undefined {
    return this.#entries.get(name)?.lane
  }

  async acquire(request: LaneRequest): Promise<Lane> {
    for (;;) {
      const entry = this.#choose(request)
      if (!entry.held) {
        hold(entry)
        entry.since = now()
        entry.used = true
        entry.lane.key = request.key
        entry.slot = request.slot ?? entry.slot
        entry.fingerprint = this.#fingerprintOf(request.spec)
        entry.lane.adopt(request.spec)
        return entry.lane
      }
      await this.#turn(entry, request)
    }
  }

  /** Holds this lane as it is; `undefined` when it is held or unknown. */
  take(name: string): Lane | undefined {
    const entry = this.#entries.get(name)
    if (entry === undefined || entry.held) return undefined
    hold(entry)
    if (entry.kept === undefined) entry.since = now()
    return entry.lane
  }

  /** Holds the lane that {@link acquire} would return, as it is; `undefined` when that is a new or held one. */
  takeLikely(request: Omit<LaneRequest, 'signal'>): Lane | undefined {
    const entry = this.#find(request)
    return entry === undefined ? undefined : this.take(entry.lane.name)
  }

  /** Releases a lane that was only inspected. */
  putBack(lane: Lane): void {
    const entry = this.#entries.get(lane.name)
    if (entry === undefined) return
    entry.held = false
    if (entry.kept === undefined) entry.since = now()
    // Callers that wait for a lane get another one when it is kept.
    const awake = entry.kept === undefined ? 1 : entry.waiting.length
    for (const turn of entry.waiting.splice(0, awake)) turn()
  }

  /** Keeps a lane as it is, or makes it usable again; its client may go on to hold it. */
  setKept(lane: Lane, kept: KeptLane | undefined): void {
    const entry = this.#entries.get(lane.name)
    if (entry === undefined) return
    entry.kept = kept
    entry.since = now()
    if (kept !== undefined) entry.slot = undefined
  }

  release(lane: Lane, dirty: ResetDepth): void {
    lane.dirty = lane.dirty === 'deep' ? 'deep' : dirty
    this.putBack(lane)
  }

  /** Adds a free lane. Its engine calls go through this limit, which is hurried when a client gets the lane. */
  addAhead(spec: TopologySpec, spare: SpareLimit): Lane {
    const entry = this.#add({ spec, key: undefined, limit: spare.limit })
    entry.spare = spare
    return entry.lane
  }

  /** Notes whether a lane is being made ahead. */
  making(lane: Lane, making: boolean): void {
    const entry = this.#entries.get(lane.name)
    if (entry !== undefined) entry.making = making
  }

  /** Removes an ended lane; callers that wait for it get another one. */
  forget(lane: Lane): void {
    const entry = this.#entries.get(lane.name)
    this.#entries.delete(lane.name)
    for (const turn of entry?.waiting.splice(0) ?? []) turn()
  }

  #choose(request: LaneRequest): Entry {
    return this.#find(request) ?? this.#add(request)
  }

  #find({ spec, key, slot }: Omit<LaneRequest, 'signal'>): Entry | undefined {
    return chooseLane(this.#of(spec), { key, slot, fingerprint: this.#fingerprintOf(spec) })
  }

  #of({ name, root }: Pick<TopologySpec, 'name' | 'root'>): Entry[] {
    return [...this.#entries.values()].filter(
      ({ lane, kept }) => kept === undefined && lane.topology === name && lane.spec.root === root,
    )
  }

  #add(making: LaneMaking): Entry {
    const name = `lane_${++this.#made}`
    const entry: Entry = {
      lane: this.#make(name, making),
      fingerprint: this.#fingerprintOf(making.spec),
      slot: undefined,
      held: false,
      kept: undefined,
      since: now(),
      used: false,
      making: false,
      waiting: [],
    }
    this.#entries.set(name, entry)
    return entry
  }

  #turn(entry: Entry, { key, signal }: LaneRequest): Promise<void> {
    return new Promise((resolve, reject) => {
      const onAbort = () => {
        entry.waiting.splice(entry.waiting.indexOf(turn), 1)
        reject(
          new MesocosmError({
            code: 'LANE_BUSY',
            message: `lane ${JSON.stringify(key)} is held by another client and was not released in time`,
            remedy: 'release it in the other client, use another key, or raise timeoutMs',
            facts: { lane: entry.lane.name, key },
          }),
        )
      }
      const turn = () => {
        signal.removeEventListener('abort', onAbort)
        resolve()
      }
      entry.waiting.push(turn)
      if (signal.aborted) onAbort()
      else signal.addEventListener('abort', onAbort, { once: true })
    })
  }

  /** Equal for specs of the same services. Cached, since each lease compares one spec several times. */
  #fingerprintOf(spec: TopologySpec): string {
    let known = this.#fingerprints.get(spec)
    if (known === undefined) {
      known = JSON.stringify(spec.services)
      this.#fingerprints.set(spec, known)
    }
    return known
  }
}

// ---

const hold = (entry: Entry): void => {
  entry.held = true
  entry.spare?.hurry()
}
