import { freemem, totalmem } from 'node:os'
import { type Call, unlimited } from '../../call/call.ts'
import { settledWithin } from '../../call/pause.ts'
import { failureOf } from '../../errors/outcome.ts'
import { messageOf } from '../../errors/unknown-error.ts'
import type { EngineContext } from '../run/context.ts'
import { createSpareLimit } from '../run/limit.ts'
import type { Lane } from './lane.ts'
import type { LanePool } from './lane-pool.ts'

/** What a client knows about the lanes that may follow. */
export interface LaneUse {
  /** How many clients of the run use lanes at the same time: they are all likely. */
  readonly workers?: number | undefined
  /** How many do so at most. */
  readonly maxWorkers?: number | undefined
}

/**
 * Makes the next lane of a topology while others are used, if one more is likely: a client has said so, or lanes were
 * used at the same time. Its engine calls come one at a time and after all others, until a client leases it. None is made
 * when memory is short; one that no client has leased is removed then.
 */
export class LanesAhead {
  readonly #context: EngineContext
  readonly #pool: LanePool
  readonly #memory: () => number
  readonly #topologies = new Map<string, Likely>()
  /** Resolves to whether the lane can be used. */
  readonly #making = new Map<Lane, Promise<boolean>>()
  #ended = false

  /** @param memory returns the share of this machine's memory that is free, 0 to 1. */
  constructor(context: EngineContext, pool: LanePool, memory = freeMemory) {
    this.#context = context
    this.#pool = pool
    this.#memory = memory
  }

  /** Called when services of a lane are ready that a client holds. Makes a lane ahead if one is likely; returns at once. */
  used(lane: Lane, use: LaneUse = {}): void {
    const { lanesAhead = 0, freePorts } = this.#context
    if (this.#ended || lanesAhead === 0) return
    const likely = this.#note(lane, use)
    const lanes = this.#pool.of(lane.spec)
    const free = lanes.filter(({ held, lane }) => !held && lane.key === undefined)
    // Memory of another machine is not known.
    if (freePorts !== undefined && this.#memory() < shortMemory) {
      for (const { lane, used } of free) if (!used) void this.#giveUp(lane)
      return
    }
    if (likely.failed) return
    for (const { lane, used, making } of free)
      if (!used && !making && lacks(lane, likely).length > 0) void this.#make(lane, likely)
    const held = lanes.filter((one) => one.held).length
    if (free.length >= lanesAhead || lanes.length >= this.#most(likely, held)) return
    const spare = createSpareLimit(this.#context.limit)
    const ahead = this.#pool.addAhead(lane.spec, spare)
    using call = unlimited(`the start of ${ahead.name}, made ahead`)
    ahead.setLocal(lane.local, call)
    void this.#make(ahead, likely)
  }

  /**
   * Waits until a leased lane is made. Returns whether it can be used; rejects when the caller gives up.
   */
  async ready(lane: Lane, call: Call): Promise<boolean> {
    const making = this.#making.get(lane)
    if (making === undefined) return true
    await settledWithin(making, undefined, call.signal)
    call.assertOpen()
    return making
  }

  /** Makes no lane from now on. Those under way are ended with all others. */
  end(): void {
    this.#ended = true
  }

  // ---

  #note(lane: Lane, { workers, maxWorkers }: LaneUse): Likely {
    const id = `${lane.spec.root}\0${lane.spec.name}`
    const likely = this.#topologies.get(id) ?? { services: new Set(), failed: false }
    this.#topologies.set(id, likely)
    for (const name of lane.declared) likely.services.add(name)
    likely.workers = workers ?? likely.workers
    likely.maxWorkers = maxWorkers ?? likely.maxWorkers
    return likely
  }

  /** Returns how many lanes of a topology are likely to be needed. */
  #most({ workers, maxWorkers }: Likely, held: number): number {
    if (workers !== undefined) return workers
    if (held < 2) return 0
    // A worker may use a lane for each test.
    if (maxWorkers !== undefined) return held > maxWorkers ? held + 1 : maxWorkers
    return Math.max(leastCpus, this.#context.info.cpus)
  }

  /** Starts what a lane made ahead lacks. */
  async #make(lane: Lane, likely: Likely): Promise<void> {
    this.#pool.making(lane, true)
    const start = performance.now()
    const made = this.#start(lane, likely)
    const usable = made.then((error) => error === undefined)
    this.#making.set(lane, usable)
    const error = await made
    this.#making.delete(lane)
    this.#pool.making(lane, false)
    if (this.#ended) return
    const { events } = this.#context.record
    const ms = Math.round(performance.now() - start)
    const failure = error === undefined ? {} : { error: failureOf(error) }
    events.write('lane.ahead', { l: lane.name, ms, ...failure })
    if (error === undefined) return
    // The next lease gets the error; nothing is tried again meanwhile.
    likely.failed = true
    await this.#giveUp(lane)
  }

  /** Returns why a start failed; `undefined` when everything likely runs. */
  async #start(lane: Lane, likely: Likely): Promise<unknown> {
    using call = unlimited(`the start of ${lane.name}, made ahead`)
    try {
      for (let names = lacks(lane, likely); names.length > 0; names = lacks(lane, likely))
        await lane.start(names, call)
      return undefined
    } catch (error) {
      return error
    }
  }

  /** Removes a lane, unless a client holds it. */
  async #giveUp(lane: Lane): Promise<void> {
    if (this.#pool.take(lane.name) === undefined) return
    try {
      await lane.end({ serversEndToo: false })
    } catch (error) {
      // What remains of it is removed at the end of the run.
      const method = 'lane made ahead'
      this.#context.record.events.write('undo', { l: lane.name, method, error: messageOf(error) })
    }
    this.#pool.forget(lane)
  }
}

// ---

/** What is likely to be asked of the next lane of a topology. */
interface Likely extends LaneUse {
  /** Declared services that lanes were asked for. */
  readonly services: Set<string>
  workers?: number | undefined
  maxWorkers?: number | undefined
  /** Whether a lane made ahead has failed. */
  failed: boolean
}

const lacks = ({ spec, declared }: Lane, { services }: Likely): string[] =>
  [...services].filter((name) => Object.hasOwn(spec.services, name) && !declared.includes(name))

/** Less free memory than this share is short. */
const shortMemory = 0.2

/** As many lanes are likely on small machines too, if lanes are used at the same time and no client knows a number. */
const leastCpus = 4

/** Other systems count memory as used that is only a cache, or run the engine in a virtual machine. */
const freeMemory = (): number => (process.platform === 'linux' ? freemem() / totalmem() : 1)
