import { MesocosmError } from '../../errors/mesocosm-error.ts'
import type { ResetDepth } from '../../model/lane-change.ts'
import type { TopologySpec } from '../../model/service-spec.ts'
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

interface Entry {
  readonly lane: Lane
  /** The services it was last leased with. */
  fingerprint: string
  slot: string | undefined
  held: boolean
  readonly waiting: (() => void)[]
}

/**
 * The lanes of a run, and which are held. A lane is held by one client at a time; a released lane stays warm
 * for the next one.
 */
export class LanePool {
  readonly #make: (name: string, request: LaneRequest) => Lane
  readonly #entries = new Map<string, Entry>()
  readonly #fingerprints = new WeakMap<TopologySpec, string>()
  #made = 0

  constructor(make: (name: string, request: LaneRequest) => Lane) {
    this.#make = make
  }

  all(): readonly { readonly lane: Lane; readonly held: boolean }[] {
    return [...this.#entries.values()].map(({ lane, held }) => ({ lane, held }))
  }

  get(name: string): Lane | undefined {
    return this.#entries.get(name)?.lane
  }

  async acquire(request: LaneRequest): Promise<Lane> {
    for (;;) {
      const entry = this.#choose(request)
      if (!entry.held) {
        entry.held = true
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
    entry.held = true
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
    entry.waiting.shift()?.()
  }

  release(lane: Lane, dirty: ResetDepth): void {
    lane.dirty = lane.dirty === 'deep' ? 'deep' : dirty
    this.putBack(lane)
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
    const fingerprint = this.#fingerprintOf(spec)
    const ours = [...this.#entries.values()].filter(
      ({ lane }) => lane.topology === spec.name && lane.spec.root === spec.root && lane.key === key,
    )
    if (key !== undefined) return ours[0]
    const free = ours.filter(({ held }) => !held)
    return (
      free.find((entry) => slot !== undefined && entry.slot === slot) ??
      // Least work first: a lane with the same services that needs no deep reset.
      free.find((entry) => entry.fingerprint === fingerprint && entry.lane.dirty !== 'deep') ??
      free.find((entry) => entry.fingerprint === fingerprint) ??
      free[0]
    )
  }

  #add(request: LaneRequest): Entry {
    const name = `lane_${++this.#made}`
    const entry: Entry = {
      lane: this.#make(name, request),
      fingerprint: this.#fingerprintOf(request.spec),
      slot: request.slot,
      held: false,
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
