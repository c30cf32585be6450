import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { pause } from '../../call/pause.ts'
import { MesocosmError } from '../../errors/mesocosm-error.ts'
import { failureOf } from '../../errors/outcome.ts'
import { messageOf } from '../../errors/unknown-error.ts'
import type { EngineContext } from '../run/context.ts'
import { CarriedConnections } from './carried.ts'
import type { WatchedDebugger } from './debugger-watch.ts'
import { type LoopbackListener, listenOnLoopback, listenOnPort } from './listen-on-loopback.ts'

/** The program that debuggers are led to. */
export interface DoorTarget extends WatchedDebugger {
  /** Whether the service is debugged now. */
  readonly isAsked: () => boolean
  /** Connects to the debugger of the program that runs now. */
  readonly connect: () => Promise<Duplex>
  /** Starts the debugger of a program that runs without it. */
  readonly wake?: ((signal: AbortSignal) => Promise<void>) | undefined
}

/** A loopback port of this machine that leads debuggers to a service, whatever becomes of its program. */
export class DebugDoor {
  readonly #context: Pick<EngineContext, 'record' | 'warnings'>
  readonly #target: DoorTarget
  readonly #stop = new AbortController()
  readonly #carried: CarriedConnections
  #listener: LoopbackListener | undefined
  /** Why the last debugger was not led to the program: Chrome and VS Code try again every second. */
  #refused: string | undefined

  private constructor(context: Pick<EngineContext, 'record' | 'warnings'>, target: DoorTarget) {
    this.#context = context
    this.#target = target
    this.#carried = new CarriedConnections(context.record.events, target)
  }

  /**
   * Opens the door at one of these ports, or at a free one.
   *
   * @param fixed the only port to take.
   * @throws {MesocosmError} `PORT_TAKEN`
   */
  static async open(
    context: Pick<EngineContext, 'record' | 'warnings'>,
    target: DoorTarget,
    ports: { readonly preferred: readonly number[]; readonly fixed?: number | undefined },
  ): Promise<DebugDoor> {
    const door = new DebugDoor(context, target)
    const carry = (socket: Socket) => door.#carried.carry(socket, () => door.#ends(socket))
    door.#listener =
      ports.fixed === undefined
        ? await listenOnLoopback(ports.preferred, carry)
        : await listenOnPort(ports.fixed, carry)
    return door
  }

  get port(): number {
    return this.#listener?.port ?? 0
  }

  /** Resolves when the port is free and every debugger is disconnected. */
  async close(): Promise<void> {
    this.#stop.abort()
    this.#listener?.close()
    await this.#carried.cutAll()
  }

  // ---

  async #ends(socket: Socket) {
    try {
      const program = await this.#reach(socket)
      this.#refused = undefined
      if (program !== undefined) return { debugger: socket, program }
    } catch (error) {
      if (!this.#stop.signal.aborted) this.#note(error)
    }
    socket.resetAndDestroy()
    return undefined
  }

  /** Connects to the program's debugger, which may still start, or have to be started. */
  async #reach(socket: Socket): Promise<Duplex | undefined> {
    const { connect, wake, isAsked } = this.#target
    const until = performance.now() + reachMs
    let woken: Promise<void> | undefined
    let refusal: unknown
    for (;;) {
      if (socket.destroyed || this.#stop.signal.aborted) return undefined
      if (!isAsked()) throw new Error('it is not debugged now')
      try {
        return await connect()
      } catch (error) {
        refusal = error
      }
      woken ??= wake?.(this.#stop.signal)
      if (performance.now() > until) break
      await Promise.all([woken, pause(everyMs, this.#stop.signal)]).catch((error: unknown) => {
        // A program that is only starting is found the next time.
        refusal = error
        woken = undefined
      })
    }
    throw refusal
  }

  #note(error: unknown): void {
    const { lane, service, kind, test } = this.#target
    const fault = unreachable(service, error)
    if (this.#refused === fault.message) return
    this.#refused = fault.message
    const x = test()
    this.#context.record.events.write('debug.attach', {
      ...(x === undefined ? {} : { x }),
      l: lane,
      s: service,
      ...(kind === undefined ? {} : { kind }),
      error: failureOf(fault),
    })
    this.#context.warnings.report(fault.message, { service, lane })
  }
}

// ---

/** How long a debugger waits for the program's; in real time, since nothing else goes on meanwhile. */
const reachMs = 10_000

const everyMs = 100

const unreachable = (service: string, cause: unknown) =>
  new MesocosmError({
    code: 'DEBUGGER_UNAVAILABLE',
    message: `no debugger could attach to ${service}: ${messageOf(cause)}`,
    remedy: `call debug() of ${service}, and look at its last lines`,
    facts: { service },
    cause,
  })
