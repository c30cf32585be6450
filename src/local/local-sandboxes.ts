import { MesocosmError } from '../errors/mesocosm-error.ts'
import type { RuntimeEvent } from '../runtime/container-event.ts'
import type { PublishedPort, SandboxSpec } from '../runtime/container-spec.ts'
import type { ContainerSignal, ContainerState } from '../runtime/container-state.ts'
import type { Inventory } from '../runtime/inventory.ts'
import type { LocalEvents } from './local-events.ts'
import type { LocalPorts } from './local-ports.ts'
import type { LocalRecord, LocalRecords } from './local-records.ts'

/** What sandboxes are made with. */
export interface SandboxSurroundings {
  readonly records: LocalRecords
  readonly ports: LocalPorts
  readonly events: LocalEvents
}

interface Sandbox {
  readonly id: string
  readonly spec: SandboxSpec
  readonly createdMs: number
  status: ContainerState['status']
  /** As in `ContainerState.published`; kept until the sandbox is removed. */
  published: Record<string, number>
  /** Ids of the networks that it is on, its own one first. */
  readonly networks: Set<string>
  exitCode: number | undefined
  /** Called when it ends, for what runs in it. */
  readonly onEnd: Set<() => void>
}

/** Sandboxes of local programs: ports of the loopback address that stay while programs come and go. */
export class LocalSandboxes {
  readonly #surroundings: SandboxSurroundings
  readonly #sandboxes = new Map<string, Sandbox>()

  constructor(surroundings: SandboxSurroundings) {
    this.#surroundings = surroundings
  }

  create(id: string, spec: SandboxSpec): string {
    const sandbox: Sandbox = {
      id,
      spec,
      createdMs: Date.now(),
      status: 'created',
      published: {},
      networks: new Set([spec.network]),
      exitCode: undefined,
      onEnd: new Set(),
    }
    this.#note(sandbox)
    this.#sandboxes.set(id, sandbox)
    return id
  }

  has(id: string): boolean {
    return this.#record(id) !== undefined
  }

  isRunning(id: string): boolean {
    return this.#sandboxes.get(id)?.status === 'running' && this.has(id)
  }

  /** Reserves its ports, at the first start. Throws `PORT_TAKEN`. */
  async start(id: string): Promise<void> {
    const sandbox = this.#sandboxes.get(id)
    if (sandbox === undefined || sandbox.status === 'running') return
    for (const port of sandbox.spec.publish ?? []) await this.#publish(sandbox, port)
    sandbox.status = 'running'
    sandbox.exitCode = undefined
    this.#note(sandbox)
    this.#emit(sandbox, { kind: 'started' })
  }

  /** Returns the port of this machine that stands for a port of the sandbox; reserves one if there is none yet. */
  async portOf(id: string, port: number, protocol: 'tcp' | 'udp' = 'tcp'): Promise<number> {
    const sandbox = this.#sandboxes.get(id)
    if (sandbox === undefined) throw new Error(`sandbox ${id} is missing`)
    const number = await this.#publish(sandbox, { port, protocol })
    this.#note(sandbox)
    return number
  }

  /** Returns the port of this machine that stands for a port of the sandbox; `undefined` if there is none. */
  published(id: string, port: number): number | undefined {
    const { published } = this.#sandboxes.get(id) ?? {}
    return published?.[`${port}/tcp`] ?? published?.[`${port}/udp`]
  }

  inspect(id: string): ContainerState | undefined {
    const record = this.#record(id)
    if (record === undefined) return undefined
    const { name, labels, status = 'created', exitCode, published = {}, networks = [] } = record
    const isUp = status === 'running' || status === 'paused'
    return {
      id,
      name,
      labels,
      status,
      exitCode: status === 'exited' ? exitCode : undefined,
      outOfMemory: false,
      health: 'none',
      addresses: isUp ? Object.fromEntries(networks.map((network) => [network, loopback])) : {},
      published: isUp ? published : {},
    }
  }

  /** Puts a sandbox on another network, whose programs reach it by its published ports as before. */
  attach(id: string, network: string): void {
    const sandbox = this.#sandboxes.get(id)
    if (sandbox === undefined || sandbox.networks.has(network)) return
    sandbox.networks.add(network)
    this.#note(sandbox)
  }

  /** Takes a sandbox off a network that it was attached to. Throws `RUNTIME_UNSUPPORTED` for its own network. */
  detach(id: string, network: string): void {
    const sandbox = this.#sandboxes.get(id)
    if (sandbox === undefined || !sandbox.networks.has(network)) return
    if (network === sandbox.spec.network) throw staysConnected(sandbox.spec.name)
    sandbox.networks.delete(network)
    this.#note(sandbox)
  }

  /** It has no process: a signal that ends others ends it as well. */
  signal(id: string, signal: ContainerSignal): void {
    const sandbox = this.#sandboxes.get(id)
    if (sandbox?.status !== 'running' || !['SIGKILL', 'SIGTERM', 'SIGINT'].includes(signal)) return
    this.#end(sandbox, signal === 'SIGKILL' ? 137 : 0)
    this.#note(sandbox)
  }

  /** Calls back when a sandbox ends; returns how to stop that. */
  whileRunning(id: string, onEnd: () => void): () => void {
    const { onEnd: listeners } = this.#sandboxes.get(id) ?? {}
    listeners?.add(onEnd)
    return () => void listeners?.delete(onEnd)
  }

  /** Removes a sandbox and frees its ports; a no-op if it is missing. */
  remove(id: string): void {
    const { records, ports } = this.#surroundings
    if (this.#record(id) === undefined) return
    const sandbox = this.#sandboxes.get(id)
    this.#sandboxes.delete(id)
    ports.release(id)
    records.delete(id)
    if (sandbox === undefined) return
    if (sandbox.status === 'running') this.#end(sandbox, 137)
    this.#emit(sandbox, { kind: 'removed' })
  }

  list(labels: Readonly<Record<string, string>>): Inventory['containers'] {
    return this.#surroundings.records
      .list(labels)
      .filter(({ kind }) => kind === 'sandbox')
      .map(({ id, name, labels, status = 'created', createdMs }) => ({
        id,
        name,
        labels,
        status,
        createdMs,
      }))
  }

  // ---

  async #publish(
    { id, published }: Sandbox,
    { port, protocol, hostPort }: PublishedPort,
  ): Promise<number> {
    const { ports } = this.#surroundings
    const key = `${port}/${protocol}`
    published[key] ??=
      hostPort === undefined
        ? await ports.reserve(id, protocol)
        : await ports.reserveThis(hostPort, id, protocol)
    return published[key]
  }

  #end(sandbox: Sandbox, exitCode: number): void {
    sandbox.status = 'exited'
    sandbox.exitCode = exitCode
    for (const onEnd of [...sandbox.onEnd]) onEnd()
    this.#emit(sandbox, { kind: 'exited', exitCode })
  }

  #record(id: string): LocalRecord | undefined {
    const record = this.#surroundings.records.read(id)
    return record?.kind === 'sandbox' ? record : undefined
  }

  #note({ id, spec, createdMs, status, exitCode, published, networks }: Sandbox): void {
    this.#surroundings.records.write({
      kind: 'sandbox',
      id,
      name: spec.name,
      labels: spec.labels,
      createdMs,
      status,
      ...(exitCode === undefined ? {} : { exitCode }),
      published,
      networks: [...networks],
    })
  }

  #emit(
    { id, spec }: Sandbox,
    event:
      | { readonly kind: 'started' | 'removed' }
      | { readonly kind: 'exited'; readonly exitCode: number },
  ): void {
    const whole: RuntimeEvent = { ...event, container: id, timeMs: Date.now() }
    this.#surroundings.events.emit(spec.labels, whole)
  }
}

// ---

const loopback = '127.0.0.1'

/** A process of this machine stays reachable. */
const staysConnected = (name: string): MesocosmError =>
  new MesocosmError({
    code: 'RUNTIME_UNSUPPORTED',
    message: `${name} cannot be disconnected: it is a process of this machine`,
    remedy: 'pause or stop the service instead, or use a container engine',
    facts: { container: name },
  })
