import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { pause } from '../../call/pause.ts'
import { MesocosmError } from '../../errors/mesocosm-error.ts'
import { failureOf } from '../../errors/outcome.ts'
import { messageOf } from '../../errors/unknown-error.ts'
import { forward } from '../../relay/forward.ts'
import type { EngineContext } from '../run/context.ts'
import { type WatchedDebugger, watchDebugger } from './debugger-watch.ts'
import { type LoopbackListener, listenOnLoopback, listenOnPort } from './listen-on-loopback.ts'

/** The program that debuggers are led to. */
export interface DoorTarget extends WatchedDebugger {
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
  readonly #open = new Map<Socket, Promise<void>>()
  #listener: LoopbackListener | undefined

  private constructor(context: Pick<EngineContext, 'record' | 'warnings'>, target: DoorTarget) {
    this.#context = context
    this.#target = target
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
    const carry = (socket: Socket) => door.#accept(socket)
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
    for (const socket of this.#open.keys()) socket.destroy()
    await Promise.all(this.#open.values())
  }

  // ---

  #accept(socket: Socket): void {
    // A debugger that goes away while the program is reached is no fault.
    socket.on('error', () => undefined)
    const carried = this.#carry(socket).finally(() => this.#open.delete(socket))
    this.#open.set(socket, carried)
  }

  async #carry(socket: Socket): Promise<void> {
    const program = await this.#reach(socket).catch((error: unknown) => {
      socket.resetAndDestroy()
      if (!this.#stop.signal.aborted) this.#note(error)
    })
    if (program === undefined) return
    const watch = watchDebugger(this.#context.record.events, this.#target, {
      debugger: socket,
      program,
    })
    const { fault } = await forward(program, socket)
    watch.end(fault)
  }

  /** Connects to the program's debugger, which may still start, or have to be started. */
  async #reach(socket: Socket): Promise<Duplex | undefined> {
    const { connect, wake } = this.#target
    const until = performance.now() + reachMs
    let woken: Promise<void> | undefined
    let refusal: unknown
    for (;;) {
      if (socket.destroyed || this.#stop.signal.aborted) return undefined
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
    message: `the debugger of ${service} did not answer within ${reachMs / 1_000} s: ${messageOf(cause)}`,
    remedy: `look at the last lines of ${service}, and whether it runs`,
    facts: { service },
    cause,
  })
