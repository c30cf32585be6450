import type { Call } from '../call/call.ts'
import type { Lane } from '../engine/lane/lane.ts'
import type { RunEngine } from '../engine/run/run-engine.ts'
import { MesocosmError } from '../errors/mesocosm-error.ts'
import type { ResetDepth } from '../model/lane-change.ts'
import type { Connection } from './connection.ts'

/** Which connection holds which lane. */
export class LaneHolds {
  readonly #heldBy = new Map<Lane, Connection>()
  readonly #onFree: () => void

  /** @param onFree called when the last lane that was held is given back. */
  constructor(onFree: () => void = () => {}) {
    this.#onFree = onFree
  }

  hold(lane: Lane, connection: Connection): void {
    this.#heldBy.set(lane, connection)
  }

  /** Takes a free lane as it is. */
  take({ lanes }: RunEngine, name: string, connection: Connection): Lane {
    const lane = lanes.take(name)
    if (lane === undefined) throw this.#notFree(name, lanes.get(name))
    lane.debug.arrive()
    this.hold(lane, connection)
    return lane
  }

  /** Returns a lane that this connection holds. Throws `LANE_RELEASED`. */
  held({ lanes }: RunEngine, name: string, connection: Connection): Lane {
    const lane = lanes.get(name)
    if (lane !== undefined && this.#heldBy.get(lane) === connection) return lane
    throw new MesocosmError({
      code: 'LANE_RELEASED',
      message: `lane ${name} is not held by this client`,
      remedy: 'lease it again: another client may use a released lane',
      facts: { lane: name },
    })
  }

  /** Returns a lane that this connection may read: an observer any lane, others the lanes they hold. */
  visible(engine: RunEngine, name: string, connection: Connection): Lane {
    const lane = connection.observer ? engine.lanes.get(name) : undefined
    return lane ?? this.held(engine, name, connection)
  }

  /** Releases a lane, if this connection still holds it. */
  giveBack(
    engine: RunEngine,
    lane: Lane,
    connection: Connection,
    dirty: ResetDepth,
    call?: Call,
  ): void {
    if (this.#heldBy.get(lane) !== connection) return
    this.#heldBy.delete(lane)
    engine.release(lane, dirty, call)
    if (this.#heldBy.size === 0) this.#onFree()
  }

  /** Returns the connection that holds a lane. */
  ownerOf(lane: Lane): Connection | undefined {
    return this.#heldBy.get(lane)
  }

  /** Returns all lanes that this connection holds. */
  of(connection: Connection): Lane[] {
    return [...this.#heldBy].flatMap(([lane, owner]) => (owner === connection ? [lane] : []))
  }

  #notFree(name: string, lane: Lane | undefined): MesocosmError {
    if (lane === undefined)
      return new MesocosmError({
        code: 'LANE_RELEASED',
        message: `unknown lane ${name} in this run`,
        remedy: 'list the lanes with `mesocosm ps`',
        facts: { lane: name },
      })
    const { client, pid } = this.#heldBy.get(lane) ?? {}
    return new MesocosmError({
      code: 'LANE_BUSY',
      message: `lane ${name} is held by ${client ?? 'another client'}${pid === undefined ? '' : ` (process ${pid})`}`,
      remedy: 'wait until it is released, or name another lane',
      facts: { lane: name, client, pid },
    })
  }
}
