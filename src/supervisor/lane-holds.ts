import type { Lane } from '../engine/lane/lane.ts'
import type { RunEngine } from '../engine/run-engine.ts'
import { MesocosmError } from '../errors/mesocosm-error.ts'
import type { ResetDepth } from '../model/lane-change.ts'
import type { Connection } from './connection.ts'

/** Which connection holds which lane. */
export class LaneHolds {
  readonly #engine: Promise<RunEngine>
  readonly #heldBy = new Map<Lane, Connection>()

  constructor(engine: Promise<RunEngine>) {
    this.#engine = engine
  }

  hold(lane: Lane, connection: Connection): void {
    this.#heldBy.set(lane, connection)
  }

  /** Takes a free lane as it is. */
  async take(name: string, connection: Connection): Promise<Lane> {
    const { lanes } = await this.#engine
    const lane = lanes.take(name)
    if (lane === undefined) throw this.#notFree(name, lanes.get(name))
    this.hold(lane, connection)
    return lane
  }

  /** A lane that this connection holds. Throws `LANE_RELEASED`. */
  async held(name: string, connection: Connection): Promise<Lane> {
    const lane = (await this.#engine).lanes.get(name)
    if (lane !== undefined && this.#heldBy.get(lane) === connection) return lane
    throw new MesocosmError({
      code: 'LANE_RELEASED',
      message: `lane ${name} is not held by this client`,
      remedy: 'lease it again: a released lane may be in use by somebody else',
      facts: { lane: name },
    })
  }

  /** The same; one who only looks on may look into every lane. */
  async visible(name: string, connection: Connection): Promise<Lane> {
    const lane = connection.observer ? (await this.#engine).lanes.get(name) : undefined
    return lane ?? this.held(name, connection)
  }

  /** Gives a lane back, if this connection still holds it. */
  async giveBack(lane: Lane, connection: Connection, dirty: ResetDepth): Promise<void> {
    if (this.#heldBy.get(lane) !== connection) return
    this.#heldBy.delete(lane)
    ;(await this.#engine).release(lane, dirty)
  }

  /** All that this connection holds. */
  of(connection: Connection): Lane[] {
    return [...this.#heldBy].flatMap(([lane, owner]) => (owner === connection ? [lane] : []))
  }

  #notFree(name: string, lane: Lane | undefined): MesocosmError {
    if (lane === undefined)
      return new MesocosmError({
        code: 'LANE_RELEASED',
        message: `there is no lane ${name} in this run`,
        remedy: '`mesocosm ps` shows the lanes',
        facts: { lane: name },
      })
    const { client, pid } = this.#heldBy.get(lane) ?? {}
    return new MesocosmError({
      code: 'LANE_BUSY',
      message: `lane ${name} is held by ${client ?? 'somebody'}${pid === undefined ? '' : ` (process ${pid})`}`,
      remedy: 'wait until it is released, or name another lane',
      facts: { lane: name, client, pid },
    })
  }
}
