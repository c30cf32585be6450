import type { Call } from '../call/call.ts'
import { type LaneControl, openLaneControl } from '../control/lane-control.ts'
import type { Lane } from '../engine/lane/lane.ts'
import type { RunEngine } from '../engine/run/run-engine.ts'
import type { ServiceCommands } from '../model/service-commands.ts'
import type { ControlFacts } from '../protocol/methods.ts'
import type { Redactor } from '../trace/write/redact.ts'
import type { Watchers } from './watchers.ts'

/** What a client asks for. */
export interface ControlRequest {
  /** Whether programs on the lane's network can call it, too. */
  readonly network?: boolean | undefined
  /** Named commands by service. */
  readonly commands?: Readonly<Record<string, ServiceCommands>> | undefined
}

/** The Control APIs of the lanes that clients hold; each ends with the lease. */
export class LaneControls {
  readonly #redactor: Redactor
  readonly #watchers: Watchers
  readonly #open = new Map<Lane, Promise<LaneControl>>()

  constructor(redactor: Redactor, watchers: Watchers) {
    this.#redactor = redactor
    this.#watchers = watchers
  }

  /** Opens the API of a held lane; it is the same one for the whole lease. */
  async open(
    engine: RunEngine,
    lane: Lane,
    { network = false, commands = {} }: ControlRequest,
    call: Call,
  ): Promise<ControlFacts> {
    const control = await this.#of(engine, lane, commands)
    const { url, token, port } = control
    if (!network) return { url, token }
    const door = await lane.door.open(port, call)
    control.addHost(new URL(door.url).host)
    return { url, token, networkUrl: door.url }
  }

  /** Resolves when the lane's API has ended, and with it every call that it had under way. */
  async close(lane: Lane): Promise<void> {
    const control = await this.#open.get(lane)?.catch(() => undefined)
    this.#open.delete(lane)
    await control?.close()
  }

  async closeAll(): Promise<void> {
    await Promise.all([...this.#open.keys()].map((lane) => this.close(lane)))
  }

  // ---

  #of(
    engine: RunEngine,
    lane: Lane,
    commands: Readonly<Record<string, ServiceCommands>>,
  ): Promise<LaneControl> {
    const known = this.#open.get(lane)
    if (known !== undefined) return known
    const opening = openLaneControl({
      engine,
      lane,
      commands,
      redactor: this.#redactor,
      watchLog: (logLane, service, listener) => this.#watchers.onLog(logLane, service, listener),
    })
    this.#open.set(lane, opening)
    opening.catch(() => this.#open.delete(lane))
    return opening
  }
}
