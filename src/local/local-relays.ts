import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { type Duplex, duplexPair } from 'node:stream'
import { MesocosmError } from '../errors/mesocosm-error.ts'
import { serveRelay } from '../relay/server.ts'
import type { ContainerSpec } from '../runtime/container-spec.ts'
import type { ContainerSignal, ContainerState } from '../runtime/container-state.ts'
import type { ImageInfo } from '../runtime/image-request.ts'
import type { Inventory } from '../runtime/inventory.ts'
import type { LocalEvents } from './local-events.ts'
import type { LocalRecord, LocalRecords } from './local-records.ts'
import type { LocalSandboxes } from './local-sandboxes.ts'

/** Stands for the image of containers in which a relay works. */
export const localRelayImage: ImageInfo = {
  id: 'sha256:mesocosm-relay-of-this-process',
  reference: 'mesocosm/relay-of-this-process',
  env: {},
  hasHealthcheck: false,
  exposedPorts: [],
}

interface Surroundings {
  readonly records: LocalRecords
  readonly events: LocalEvents
  readonly sandboxes: LocalSandboxes
}

interface Relay {
  readonly id: string
  readonly spec: ContainerSpec
  readonly createdMs: number
  status: ContainerState['status']
  exitCode: number | undefined
  readonly streams: Set<Duplex>
}

/** Containers for relays, which run in this process: for them, the network of a sandbox is the loopback address. */
export class LocalRelays {
  readonly #surroundings: Surroundings
  readonly #relays = new Map<string, Relay>()

  constructor(surroundings: Surroundings) {
    this.#surroundings = surroundings
  }

  create(id: string, spec: ContainerSpec): string {
    const relay: Relay = {
      id,
      spec,
      createdMs: Date.now(),
      status: 'created',
      exitCode: undefined,
      streams: new Set(),
    }
    this.#note(relay)
    this.#relays.set(id, relay)
    return id
  }

  has(id: string): boolean {
    return this.#record(id) !== undefined
  }

  start(id: string): void {
    const relay = this.#relays.get(id)
    if (relay === undefined || relay.status === 'running') return
    relay.status = 'running'
    relay.exitCode = undefined
    this.#note(relay)
    const moment = { container: id, timeMs: Date.now() }
    this.#surroundings.events.emit(relay.spec.labels, { ...moment, kind: 'started' })
  }

  /** See `Runtime.relay`. */
  open(id: string): Duplex {
    const relay = this.#relays.get(id)
    if (relay?.status !== 'running') throw relayless(id)
    const [own, other] = duplexPair()
    const { network } = relay.spec
    const sandbox = network.kind === 'joined' ? network.container : undefined
    const { sandboxes } = this.#surroundings
    serveRelay(other, {
      listen: async (port, onConnection) =>
        listen(
          sandbox !== undefined && sandboxes.has(sandbox)
            ? await sandboxes.portOf(sandbox, port)
            : 0,
          onConnection,
        ),
      connect: async (_, port) => {
        const published = sandbox === undefined ? undefined : sandboxes.published(sandbox, port)
        const socket = connect({ port: published ?? port, host: '127.0.0.1', allowHalfOpen: true })
        await once(socket, 'connect')
        return socket
      },
    })
    // One end of a pair does not notice the end of the other.
    own.once('close', () => other.destroy())
    other.once('close', () => own.destroy())
    relay.streams.add(other)
    const stop = sandboxes.whileRunning(sandbox ?? '', () => void other.destroy())
    other.once('close', () => {
      relay.streams.delete(other)
      stop()
    })
    return own
  }

  inspect(id: string): ContainerState | undefined {
    const record = this.#record(id)
    if (record === undefined) return undefined
    const { name, labels, status = 'created', exitCode } = record
    return {
      id,
      name,
      labels,
      status,
      exitCode: status === 'exited' ? exitCode : undefined,
      outOfMemory: false,
      health: 'none',
      addresses: {},
      published: {},
    }
  }

  signal(id: string, signal: ContainerSignal): void {
    const relay = this.#relays.get(id)
    if (relay?.status !== 'running' || !['SIGKILL', 'SIGTERM', 'SIGINT'].includes(signal)) return
    this.#end(relay, signal === 'SIGKILL' ? 137 : 0)
    this.#note(relay)
  }

  remove(id: string): void {
    if (this.#record(id) === undefined) return
    const { records, events } = this.#surroundings
    const relay = this.#relays.get(id)
    this.#relays.delete(id)
    records.delete(id)
    if (relay === undefined) return
    if (relay.status === 'running') this.#end(relay, 137)
    events.emit(relay.spec.labels, { kind: 'removed', container: id, timeMs: Date.now() })
  }

  list(labels: Readonly<Record<string, string>>): Inventory['containers'] {
    return this.#surroundings.records
      .list(labels)
      .filter(({ kind }) => kind === 'relay')
      .map(({ id, name, labels, status = 'created', createdMs }) => ({
        id,
        name,
        labels,
        status,
        createdMs,
      }))
  }

  // ---

  #end(relay: Relay, exitCode: number): void {
    relay.status = 'exited'
    relay.exitCode = exitCode
    for (const stream of [...relay.streams]) stream.destroy()
    const moment = { container: relay.id, timeMs: Date.now() }
    this.#surroundings.events.emit(relay.spec.labels, { ...moment, kind: 'exited', exitCode })
  }

  #record(id: string): LocalRecord | undefined {
    const record = this.#surroundings.records.read(id)
    return record?.kind === 'relay' ? record : undefined
  }

  #note({ id, spec, createdMs, status, exitCode }: Relay): void {
    this.#surroundings.records.write({
      kind: 'relay',
      id,
      name: spec.name,
      labels: spec.labels,
      createdMs,
      status,
      ...(exitCode === undefined ? {} : { exitCode }),
    })
  }
}

// ---

const listen = (port: number, onConnection: (socket: Socket) => void): Promise<() => void> =>
  new Promise((resolve, reject) => {
    const server = createServer({ allowHalfOpen: true }, onConnection)
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => resolve(() => void server.close()))
  })

const relayless = (container: string): MesocosmError =>
  new MesocosmError({
    code: 'SERVICE_NOT_RUNNING',
    message: `the relay in container ${container} could not be started: the container is not running`,
    remedy: 'start it first',
    facts: { container },
  })
