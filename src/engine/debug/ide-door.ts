import { connect } from 'node:net'
import type { Duplex } from 'node:stream'
import { EndpointListener } from '../endpoint/endpoint-listener.ts'
import type { EngineContext } from '../run/context.ts'
import type { TunnelPlace } from '../tunnel/tunnels.ts'
import { CarriedConnections } from './carried.ts'
import type { WatchedDebugger } from './debugger-watch.ts'

/** The program whose debugger connects to an IDE. */
export interface IdeTarget extends WatchedDebugger {
  /** Port in the service's network to which the debugger connects. */
  readonly number: number
  /** Port of this machine at which the IDE listens. */
  readonly port: number
  /** Whether the service is debugged now. */
  readonly isAsked: () => boolean
}

/** Leads the connections of a program's debugger to a loopback port of this machine at which an IDE listens. */
export class IdeDoor {
  readonly #context: EngineContext
  readonly #target: IdeTarget
  /** Where it listens: services have another network when their sandbox was replaced. */
  #at: { readonly sandbox: string; readonly listener: EndpointListener } | undefined
  readonly #carried: CarriedConnections
  #port: number

  constructor(context: EngineContext, target: IdeTarget) {
    this.#context = context
    this.#target = target
    this.#port = target.port
    this.#carried = new CarriedConnections(context.record.events, target)
  }

  get port(): number {
    return this.#port
  }

  /** Leads further connections to another port: the IDE listens where it likes, and nothing is opened there. */
  leadTo(port: number): void {
    this.#port = port
  }

  /**
   * Resolves when it listens in the network of the service; a no-op if it does.
   *
   * @throws an error with the `errno` of the relay's system, such as 98 for a port that is taken there.
   */
  async arrive(place: TunnelPlace): Promise<void> {
    const { lane, service, number } = this.#target
    const former = this.#at
    if (former?.sandbox === place.sandbox) return await former.listener.listening
    const listener = new EndpointListener(this.#context, {
      lane,
      service,
      port: 'debugger',
      number,
      to: (connection) => this.#carried.carry(connection, () => this.#ends(connection)),
      test: false,
      container: () => this.#context.tunnels.relayIn(place),
      nameOf: (address) => address,
    })
    this.#at = { sandbox: place.sandbox, listener }
    await former?.listener.close()
    try {
      await listener.listening
    } catch (error) {
      if (this.#at?.listener === listener) this.#at = undefined
      throw error
    }
  }

  async close(): Promise<void> {
    await this.#at?.listener.close()
    await this.#carried.cutAll()
  }

  // ---

  async #ends(program: Duplex) {
    const { isAsked } = this.#target
    if (!isAsked()) return void program.destroy()
    const socket = connect({
      host: 'localhost',
      port: this.#port,
      allowHalfOpen: true,
      noDelay: true,
    })
    try {
      await new Promise<void>((resolve, reject) => {
        socket.once('connect', resolve)
        socket.once('error', reject)
      })
      return { debugger: socket, program }
    } catch {
      // The program runs on without a debugger, as it does when no IDE listens on its own machine.
      program.destroy()
      this.#note()
      return undefined
    }
  }

  #note(): void {
    const { lane, service } = this.#target
    this.#context.warnings.report(
      `its debugger found no IDE at 127.0.0.1:${this.#port}, and it runs on; let the IDE listen at that port`,
      { service, lane },
    )
  }
}
