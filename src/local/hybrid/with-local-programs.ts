import { attachSecondary } from '../../errors/attach-secondary.ts'
import type { ContainerSpec, CreateOptions } from '../../runtime/container-spec.ts'
import type { OutputChunk, StartedProgram } from '../../runtime/running-program.ts'
import type { Runtime } from '../../runtime/runtime.ts'
import type { ProcessPrograms } from '../process-programs.ts'
import { mergedEvents } from './merged-events.ts'
import { SandboxRelay } from './sandbox-relay.ts'

/** What a process replaces. */
interface StandIn {
  readonly relay: SandboxRelay
  /** Ports of this machine by ports of the sandbox. */
  readonly ports: ReadonlyMap<number, number>
}

/**
 * Returns a runtime that runs containers with `local` as processes of this machine, in the sandboxes of an engine, and
 * everything else on the engine. The process answers at the ports of its sandbox, so that the test and other services
 * keep their addresses; see {@link SandboxRelay}.
 */
export const withLocalPrograms = (containers: Runtime, programs: ProcessPrograms): Runtime => {
  const hybrid = new HybridRuntime(containers, programs)
  return new Proxy(containers, {
    get(target, key) {
      const owner = key in hybrid ? hybrid : target
      const value: unknown = Reflect.get(owner, key, owner)
      return typeof value === 'function' ? value.bind(owner) : value
    },
  })
}

// ---

type OwnMethods = Pick<
  Runtime,
  'create' | 'start' | 'inspect' | 'signal' | 'exec' | 'list' | 'watch' | 'remove'
> &
  AsyncDisposable

/** What differs from the engine's runtime. */
class HybridRuntime implements OwnMethods {
  readonly #containers: Runtime
  readonly #programs: ProcessPrograms
  /** By sandbox. */
  readonly #relays = new Map<string, SandboxRelay>()
  /** By program. */
  readonly #standIns = new Map<string, StandIn>()
  /** By program: resolves when the ports of a program that has ended are free. */
  readonly #freed = new Map<string, Promise<void>>()

  constructor(containers: Runtime, programs: ProcessPrograms) {
    this.#containers = containers
    this.#programs = programs
    programs.watch({}, ({ kind, ...event }) => {
      if (kind !== 'exited' || !('container' in event)) return
      const { container } = event
      const freeing = this.#standIns.get(container)?.relay.release(container)
      if (freeing !== undefined) this.#freed.set(container, freeing)
    })
  }

  async create(spec: ContainerSpec, options: CreateOptions = {}): Promise<string> {
    const { local, network } = spec
    if (local === undefined) return this.#containers.create(spec, options)
    const programs = this.#programs
    const id = programs.newId()
    try {
      const ports = new Map<string, number>()
      for (const name of Object.keys(local.ports)) ports.set(name, await programs.ports.reserve(id))
      await programs.create(spec, (name) => ports.get(name) ?? 0, options, id)
      if (network.kind === 'joined') {
        const relay = this.#relayOf(network.container, spec, options)
        const inside = Object.entries(local.ports).map(
          ([name, port]) => [port, ports.get(name) ?? 0] as const,
        )
        this.#standIns.set(id, { relay, ports: new Map(inside) })
        // Made while the program is; the start gets its failure.
        relay.ready().catch(() => undefined)
      }
      return id
    } catch (error) {
      programs.ports.release(id)
      throw error
    }
  }

  async start(...args: Parameters<Runtime['start']>): Promise<StartedProgram> {
    const [id, onOutput] = args
    if (!this.#programs.has(id)) return this.#containers.start(...args)
    const standIn = this.#standIns.get(id)
    if (standIn === undefined) return this.#programs.start(id, onOutput)
    await this.#freed.get(id)
    this.#freed.delete(id)
    const { relay, ports } = standIn
    const output = createOutput(onOutput, () => relay.look(id))
    relay.serve({ id, ports })
    const [started, connected] = await Promise.allSettled([
      this.#programs.start(id, onOutput === undefined ? undefined : output.push),
      relay.ready(),
    ])
    if (started.status === 'rejected') {
      await relay.release(id)
      throw started.reason
    }
    if (connected.status === 'rejected') {
      const error: unknown = connected.reason
      await this.#programs
        .signal(id, 'SIGKILL')
        .catch((second: unknown) => attachSecondary(error, second))
      await relay.release(id)
      throw error
    }
    const outputEnded = started.value.outputEnded.then(() => output.delivered())
    return { outputEnded }
  }

  async inspect(id: string) {
    return this.#programs.has(id) ? this.#programs.inspect(id) : this.#containers.inspect(id)
  }

  async signal(...args: Parameters<Runtime['signal']>): Promise<void> {
    const [id, signal] = args
    if (!this.#programs.has(id)) return this.#containers.signal(id, signal)
    await this.#programs.signal(id, signal)
    // After SIGKILL another program may be started at once.
    await this.#freed.get(id)
  }

  async exec(...args: Parameters<Runtime['exec']>) {
    const [id] = args
    if (!this.#programs.has(id)) return this.#containers.exec(...args)
    const result = await this.#programs.exec(...args)
    await this.#standIns.get(id)?.relay.look(id)
    return result
  }

  async list(labels: Readonly<Record<string, string>>) {
    const found = await this.#containers.list(labels)
    return { ...found, containers: [...found.containers, ...this.#programs.list(labels)] }
  }

  async watch(...[labels, onEvent]: Parameters<Runtime['watch']>): Promise<AsyncDisposable> {
    return mergedEvents(
      await this.#containers.watch(labels, onEvent),
      (local) => this.#programs.watch(labels, local),
      async (event) => {
        if (event.kind === 'exited') await this.#freed.get(event.container)
        onEvent(event)
      },
    )
  }

  async remove(...[kind, id]: Parameters<Runtime['remove']>): Promise<void> {
    if (kind === 'container' && this.#programs.has(id)) {
      await this.#programs.remove(id)
      await this.#standIns.get(id)?.relay.release(id)
      this.#standIns.delete(id)
      this.#freed.delete(id)
      return
    }
    const relay = kind === 'container' ? this.#relays.get(id) : undefined
    if (relay !== undefined) {
      this.#relays.delete(id)
      await relay.close()
    }
    await this.#containers.remove(kind, id)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#programs[Symbol.asyncDispose]()
    await this.#containers[Symbol.asyncDispose]()
  }

  // ---

  #relayOf(sandbox: string, { name, labels }: ContainerSpec, { onWarning }: CreateOptions) {
    let relay = this.#relays.get(sandbox)
    if (relay === undefined) {
      relay = new SandboxRelay({
        containers: this.#containers,
        sandbox,
        name: `${name}-relay`,
        labels,
        onWarning: (text) => onWarning?.(text),
      })
      this.#relays.set(sandbox, relay)
    }
    return relay
  }
}

/** Passes output on in its order, after what it may speak of has happened. */
const createOutput = (
  onOutput: ((chunk: OutputChunk) => void) | undefined,
  before: () => Promise<void>,
) => {
  let last: Promise<void> = Promise.resolve()
  return {
    push(chunk: OutputChunk): void {
      last = last.then(before).then(() => onOutput?.(chunk))
    },
    delivered: (): Promise<void> => last,
  }
}
