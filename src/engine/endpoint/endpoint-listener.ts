import { connect } from 'node:net'
import type { Duplex } from 'node:stream'
import type { Call } from '../../call/call.ts'
import { pause } from '../../call/pause.ts'
import { messageOf } from '../../errors/unknown-error.ts'
import { createRelayClient, type Incoming, type RelayClient } from '../../relay/client.ts'
import { forward } from '../../relay/forward.ts'
import { requireAbility } from '../../runtime/require-ability.ts'
import type { EngineContext } from '../run/context.ts'

/** An endpoint of a lane, and where its connections go. */
export interface EndpointTarget {
  readonly lane: string
  readonly service: string
  /** Name of the endpoint's port. */
  readonly port: string
  /** Its number in the lane's network. */
  readonly number: number
  /** Port of this machine's loopback address on which the test answers; or what takes connections in this process. */
  readonly to: number | ((connection: Duplex, address: string) => void)
  /** The test that listens, for the record; `false` leaves its connections out of the record. */
  readonly test: string | undefined | false
  /** Returns the container in which the relay runs now; throws while there is none. */
  readonly container: () => Promise<string>
  /** Returns the service with this address, or the address. */
  readonly nameOf: (address: string) => string
}

/** Carries connections from an endpoint of a lane to a port of the test, until it is closed. */
export class EndpointListener {
  /** Rejects if it could not listen at first; what interrupts it later is tried again. */
  readonly listening: Promise<void>
  readonly #context: EngineContext
  readonly #target: EndpointTarget
  readonly #stop = new AbortController()
  readonly #done: Promise<void>
  readonly #open = new Set<Promise<unknown>>()
  #client: RelayClient | undefined

  constructor(context: EngineContext, target: EndpointTarget) {
    this.#context = context
    this.#target = target
    const first = Promise.withResolvers<void>()
    this.listening = first.promise
    this.listening.catch(() => undefined)
    this.#done = this.#run(first)
  }

  /** Resolves once it listens; a caller that gives up closes it. */
  async ready(call: Call): Promise<void> {
    const onAbort = () => void this.close()
    call.signal.addEventListener('abort', onAbort, { once: true })
    try {
      await this.listening
      call.assertOpen()
    } finally {
      call.signal.removeEventListener('abort', onAbort)
    }
  }

  /** Resolves when nothing listens and every connection is cut and recorded. */
  async close(): Promise<void> {
    this.#stop.abort()
    await this.#client?.[Symbol.asyncDispose]()
    await this.#done
    await Promise.all(this.#open)
  }

  // ---

  async #run(first: PromiseWithResolvers<void>): Promise<void> {
    const { signal } = this.#stop
    for (let tries = 0; !signal.aborted; tries++) {
      try {
        await using client = await this.#connected()
        first.resolve()
        tries = 0
        await client.ended
      } catch (error) {
        // Without effect once it has listened: the container is being replaced, or the engine's connection broke.
        first.reject(error)
        if (!(await isSettled(first.promise))) return
        if (tries === quietTries && !signal.aborted) this.#warn(error)
      }
      this.#client = undefined
      await pause(Math.min(100 * 2 ** tries, 2_000), signal)
    }
    first.reject(new Error('the listener was closed'))
  }

  #warn(error: unknown): void {
    const { lane, service, port } = this.#target
    this.#context.warnings.report(
      `connections to its port ${port} do not reach the test, and are tried again: ${messageOf(error)}`,
      { service, lane },
    )
  }

  async #connected(): Promise<RelayClient> {
    const { container, number } = this.#target
    const stream = await requireAbility(this.#context.runtime, 'relay')(await container())
    const client = createRelayClient(stream)
    try {
      if (this.#stop.signal.aborted) throw new Error('the listener was closed')
      this.#client = client
      await client.listen(number, (incoming) => this.#carry(incoming))
      return client
    } catch (error) {
      await client[Symbol.asyncDispose]()
      throw error
    }
  }

  #carry({ connection, address }: Incoming): void {
    const { lane, service, port, to, test, nameOf } = this.#target
    if (typeof to === 'function') {
      to(connection, address)
      return
    }
    const start = performance.now()
    const from = nameOf(address)
    // Either loopback address: servers listen on one of them or on both.
    const socket = connect({ host: 'localhost', port: to, allowHalfOpen: true })
    const carried = forward(connection, socket).then(({ received, sent, fault }) => {
      this.#open.delete(carried)
      if (test === false) return
      this.#context.record.events.write('endpoint.call', {
        ...(test === undefined ? {} : { x: test }),
        l: lane,
        s: service,
        port,
        from,
        ms: Math.round(performance.now() - start),
        received,
        sent,
        ...(fault === undefined ? {} : { error: { message: messageOf(fault) } }),
      })
    })
    this.#open.add(carried)
  }
}

// ---

/** A container that is being replaced comes back earlier: a second passes. */
const quietTries = 3

const isSettled = (promise: Promise<void>): Promise<boolean> =>
  promise.then(
    () => true,
    () => false,
  )
