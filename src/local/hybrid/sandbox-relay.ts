import { connect } from 'node:net'
import { pause, settledWithinRealTime } from '../../call/pause.ts'
import { messageOf } from '../../errors/unknown-error.ts'
import { createRelayClient, type Incoming, type RelayClient } from '../../relay/client.ts'
import { forward } from '../../relay/forward.ts'
import { label } from '../../runtime/labels.ts'
import { requireAbility } from '../../runtime/require-ability.ts'
import type { Runtime } from '../../runtime/runtime.ts'

/** A process that answers at the ports of a sandbox. */
export interface ServedProgram {
  readonly id: string
  /** Ports of this machine by ports of the sandbox. */
  readonly ports: ReadonlyMap<number, number>
}

/** The sandbox, and what its relay container is made from. */
export interface SandboxRelayOptions {
  /** The runtime of the sandbox. */
  readonly containers: Runtime
  readonly sandbox: string
  /** Of the relay container. */
  readonly name: string
  /** Labels of the program that it is made for. */
  readonly labels: Readonly<Record<string, string>>
  /** Called when connections do not reach the process, which is tried again. */
  readonly onWarning: (text: string) => void
}

/**
 * Carries connections from a sandbox of containers to the process that replaces its program, by a relay in a
 * container that has joined the sandbox. A port of the sandbox is open while the process listens at its own, so that
 * probes and other services see the same as of a container. The relay stays until the sandbox is removed: the next
 * process needs none of its own.
 */
export class SandboxRelay {
  readonly #options: SandboxRelayOptions
  readonly #closed = new AbortController()
  #client: Promise<RelayClient> | undefined
  #container: string | undefined
  #made = 0
  #served: Served | undefined
  #looking: Promise<void> = Promise.resolve()

  constructor(options: SandboxRelayOptions) {
    this.#options = options
  }

  /** Resolves when the relay runs. Throws what the engine throws; the next call tries again. */
  async ready(): Promise<void> {
    await this.#connected()
  }

  /** Opens ports of the sandbox as soon as the process listens at its own, until {@link release}. */
  serve(program: ServedProgram): void {
    this.#served?.stop.abort()
    const served: Served = { ...program, open: new Map(), stop: new AbortController() }
    this.#served = served
    void this.#follow(served)
  }

  /**
   * Resolves when every port at which the process listens by now is open in the sandbox: what it has just written, such
   * as that it listens, is then true for others as well.
   */
  async look(program: string): Promise<void> {
    const served = this.#served
    if (served?.id !== program || isAllOpen(served)) return
    const { signal } = served.stop
    // Its first relay takes as long as a container.
    await settledWithinRealTime(this.#connected(), undefined, signal)
    const look = this.#looking.then(() => this.#openPorts(served))
    this.#looking = look.catch(() => undefined)
    await settledWithinRealTime(this.#looking, longestLookMs, signal)
  }

  /** Cuts every connection to the process, and resolves when its ports are free for another program of the sandbox. */
  async release(program: string): Promise<void> {
    const served = this.#served
    if (served?.id !== program) return
    this.#served = undefined
    served.stop.abort()
    for (const close of served.open.values()) close()
    served.open.clear()
    const client = await this.#client?.catch(() => undefined)
    // The relay obeys in order, so an answer says that it has closed the ports.
    const answered = client?.connect('127.0.0.1', discardPort).then(
      (connection) => void connection.destroy(),
      () => undefined,
    )
    if (answered !== undefined) await settledWithinRealTime(answered, longestLookMs)
  }

  /** Removes the relay's container. */
  async close(): Promise<void> {
    this.#closed.abort()
    this.#served?.stop.abort()
    this.#served = undefined
    const client = await this.#client?.catch(() => undefined)
    await client?.[Symbol.asyncDispose]()
    if (this.#container !== undefined)
      await this.#options.containers.remove('container', this.#container)
  }

  // ---

  #connected(): Promise<RelayClient> {
    if (this.#client === undefined) {
      const client = this.#connect()
      this.#client = client
      const forget = () => {
        if (this.#client === client) this.#client = undefined
      }
      client.then(async (one) => {
        await one.ended
        forget()
        // Its listeners ended with it.
        this.#served?.open.clear()
      }, forget)
    }
    return this.#client
  }

  async #connect(): Promise<RelayClient> {
    const { containers, sandbox, labels, name } = this.#options
    if (this.#closed.signal.aborted) throw new Error('the relay was closed')
    const relay = requireAbility(containers, 'relay')
    if (this.#container !== undefined) {
      const state = await containers.inspect(this.#container)
      if (state?.status === 'running') return createRelayClient(await relay(this.#container))
      await containers.remove('container', this.#container)
      this.#container = undefined
    }
    const image = await requireAbility(containers, 'relayImage')()
    this.#container = await containers.create({
      name: `${name}-${++this.#made}`,
      image: image.reference,
      labels: { ...labels, [label.role]: 'relay' },
      network: { kind: 'joined', container: sandbox },
      capDrop: ['ALL'],
      capAdd: ['NET_BIND_SERVICE'],
    })
    await containers.start(this.#container)
    return createRelayClient(await relay(this.#container))
  }

  /** Looks again and again: a process may open a port late, and a relay may end and be made again. */
  async #follow(served: Served): Promise<void> {
    const { signal } = served.stop
    let failures = 0
    for (let looks = 0; !signal.aborted; looks++) {
      try {
        await this.#connected()
        await this.look(served.id)
        failures = 0
      } catch (error) {
        failures += 1
        if (failures === quietFailures)
          this.#options.onWarning(
            `connections to its process do not arrive, and are tried again: ${messageOf(error)}`,
          )
      }
      const slow = failures > 0 || looks > quickLooks || isAllOpen(served)
      await pause(slow ? slowMs : quickMs, signal)
    }
  }

  async #openPorts(served: Served): Promise<void> {
    const client = await this.#connected()
    await Promise.all(
      [...served.ports].map(async ([inside, outside]) => {
        if (served.open.has(inside) || served.stop.signal.aborted) return
        if (!(await listens(outside))) return
        const connections = new Set<Incoming['connection']>()
        const stop = await client.listen(inside, ({ connection }) => {
          connections.add(connection)
          connection.once('close', () => connections.delete(connection))
          const socket = connect({ host: 'localhost', port: outside, allowHalfOpen: true })
          void forward(connection, socket)
        })
        const close = () => {
          stop()
          // No connection that is kept alive may go on with a program that has been replaced.
          for (const connection of connections) connection.destroy(new Error('the program ended'))
        }
        if (served.stop.signal.aborted) close()
        else served.open.set(inside, close)
      }),
    )
  }
}

// ---

interface Served extends ServedProgram {
  /** How to close the ports of the sandbox that are open. */
  readonly open: Map<number, () => void>
  readonly stop: AbortController
}

/** Milliseconds between two looks while a program starts, and later. */
const quickMs = 20
const slowMs = 500

/** Looks of a program that starts. */
const quickLooks = 1_500

/** How long output and answers of a process may wait for its ports. */
const longestLookMs = 1_000

/** A container that is being replaced comes back earlier. */
const quietFailures = 3

/** Usually nothing listens there. */
const discardPort = 9

const isAllOpen = ({ ports, open }: Served): boolean => open.size === ports.size

/** Returns whether a process listens at a port of the loopback address, IPv4 or IPv6. */
const listens = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ host: 'localhost', port })
    const end = (found: boolean) => {
      resolve(found)
      socket.destroy()
    }
    socket.once('connect', () => end(true))
    socket.once('error', () => end(false))
    socket.setTimeout(longestLookMs, () => end(false))
  })
