import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { settledWithinRealTime } from '../../call/pause.ts'
import { messageOf } from '../../errors/unknown-error.ts'
import type { Address } from '../../model/endpoint.ts'
import { telemetryAddress } from '../../plan/telemetry-env.ts'
import { label } from '../../runtime/labels.ts'
import { requireAbility } from '../../runtime/require-ability.ts'
import { EndpointListener } from '../endpoint/endpoint-listener.ts'
import type { EngineContext, Telemetry } from '../run/context.ts'

/** Takes a connection of a service, which speaks OTLP over HTTP. */
export type TakeConnection = (connection: Duplex, address: string) => void

/** How long the start of a service may wait for its way to the run; it exports later, too. */
const openMs = 15_000

interface Standing {
  readonly container: string
  readonly listener: EndpointListener
}

/**
 * Lets services with `telemetry` reach this process under one name in the networks of their lanes, by a relay in one
 * container of the run. Nothing listens on the host, nothing is published, and no route is needed. Made when the first
 * such service starts. Telemetry is evidence, not a part of the run: what fails is a warning, and services start.
 */
export class TelemetryDoor implements Telemetry {
  readonly #context: EngineContext
  readonly #take: TakeConnection
  readonly #links = new Map<string, Promise<void>>()
  #standing: Promise<Standing> | undefined
  /** For processes of this machine. */
  #loopback: Promise<Server> | undefined
  #closed = false

  constructor(context: EngineContext, take: TakeConnection) {
    this.#context = context
    this.#take = take
  }

  async attach(network: string): Promise<void> {
    if (this.#closed) return
    let link = this.#links.get(network)
    if (link === undefined) {
      link = this.#attach(network)
      this.#links.set(network, link)
      link.catch((error: unknown) => {
        this.#links.delete(network)
        this.#warn(error)
      })
    }
    await settledWithinRealTime(link, openMs)
  }

  async detach(network: string): Promise<void> {
    const link = this.#links.get(network)
    if (link === undefined) return
    this.#links.delete(network)
    try {
      await link
      const { container } = (await this.#standing) as Standing
      await this.#context.runtime.detach({ container, network })
    } catch {
      // It was not attached, or is gone; if it is neither, the removal of the network reports it.
    }
  }

  async here(): Promise<Address | undefined> {
    if (this.#closed) return undefined
    this.#loopback ??= listenHere((socket) => this.#take(socket, ownHost))
    try {
      const { port } = (await this.#loopback).address() as AddressInfo
      return { host: ownHost, port }
    } catch (error) {
      this.#loopback = undefined
      this.#warn(error)
      return undefined
    }
  }

  async close(): Promise<void> {
    this.#closed = true
    const loopback = await this.#loopback?.catch(() => undefined)
    // Open connections are those of processes that end with the run.
    loopback?.close()
    loopback?.unref()
    const standing = await this.#standing?.catch(() => undefined)
    this.#standing = undefined
    if (standing === undefined) return
    await standing.listener.close()
    await this.#context.runtime.remove('container', standing.container)
  }

  // ---

  async #attach(network: string): Promise<void> {
    if (this.#standing === undefined) {
      const opening = this.#open(network)
      this.#standing = opening
      opening.catch(() => {
        if (this.#standing === opening) this.#standing = undefined
      })
      await opening
      return
    }
    const { container } = await this.#standing
    const aliases = [telemetryAddress.host]
    await this.#context.runtime.attach({ container, network, aliases })
  }

  async #open(network: string): Promise<Standing> {
    const { runtime, limit, run, labels } = this.#context
    const image = await requireAbility(runtime, 'relayImage')()
    const container = await limit(() =>
      runtime.create({
        name: `mesocosm-${run.slice(-6)}-telemetry`,
        image: image.reference,
        labels: { ...labels, [label.role]: 'relay' },
        network: { kind: 'own', network, aliases: [telemetryAddress.host] },
      }),
    )
    try {
      await limit(() => runtime.start(container))
      const listener = this.#listen(container)
      await listener.listening
      return { container, listener }
    } catch (error) {
      // The end of the run removes what could not be removed here.
      await runtime.remove('container', container).catch(() => undefined)
      throw error
    }
  }

  #listen(container: string): EndpointListener {
    return new EndpointListener(this.#context, {
      lane: 'run',
      service: telemetryAddress.host,
      port: 'otlp',
      number: telemetryAddress.port,
      to: this.#take,
      test: false,
      container: () => Promise.resolve(container),
      nameOf: (address) => address,
    })
  }

  #warn(error: unknown): void {
    if (this.#closed) return
    this.#context.warnings.report(
      `spans and logs of services do not reach the record: ${messageOf(error)}`,
      { service: telemetryAddress.host, lane: 'run' },
    )
  }
}

// ---

const ownHost = '127.0.0.1'

const listenHere = (take: (socket: Socket) => void): Promise<Server> =>
  new Promise((resolve, reject) => {
    const server = createServer(take)
    server.once('error', reject)
    server.listen({ port: 0, host: ownHost }, () => {
      server.unref()
      resolve(server)
    })
  })
