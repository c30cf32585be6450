/** A container that the session has created. */
export interface OwnedContainer {
  /** Full id, 64 characters. */
  readonly id: string
  /** Name without slash; absent if the engine chose it and it is not known yet. */
  readonly name?: string
  /** Whether it has a writable bind, so that nothing in it may run as root. */
  readonly writesHost: boolean
  /** Paths of the host that it mounts, without symbolic links when it was created. */
  readonly binds: readonly string[]
}

/** A network that the session has created. */
export interface OwnedNetwork {
  /** Full id, 64 characters. */
  readonly id: string
  /** Name of the network. */
  readonly name: string
}

/** What belongs to a session, as rules see it. Labels never count: images pass theirs on. */
export interface SessionView {
  /** Secret of the session, which is the value of its label. */
  readonly id: string
  /** API version of requests that name none, such as `1.44`. */
  readonly apiVersion: string
  /** Network in place of the engine's default bridge, which all containers of the machine share. */
  readonly defaultNetwork: OwnedNetwork
  /** Returns the container with this id, name or unique start of an id. */
  container(reference: string): OwnedContainer | undefined
  /** Returns the network with this id, name or unique start of an id. */
  network(reference: string): OwnedNetwork | undefined
  /** Whether the session has created the volume. */
  hasVolume(name: string): boolean
  /** Returns the container of an exec. */
  exec(id: string): OwnedContainer | undefined
}

/** The ids that a session has created. */
export class Session implements SessionView {
  readonly id: string
  readonly apiVersion: string
  readonly defaultNetwork: OwnedNetwork
  readonly #containers = new Map<string, OwnedContainer>()
  readonly #networks = new Map<string, OwnedNetwork>()
  readonly #volumes = new Set<string>()
  readonly #execs = new Map<string, string>()

  /** @param options.network a network of the session, created before. */
  constructor(options: {
    readonly id: string
    readonly apiVersion: string
    readonly network: OwnedNetwork
  }) {
    this.id = options.id
    this.apiVersion = options.apiVersion
    this.defaultNetwork = options.network
    this.addNetwork(options.network)
  }

  /** Adds a container, or replaces what is known of it. */
  addContainer(container: OwnedContainer): void {
    this.#containers.set(container.id, container)
  }

  /** Removes a container and its execs; a no-op if it is unknown. */
  removeContainer(id: string): void {
    this.#containers.delete(id)
    for (const [exec, container] of this.#execs) if (container === id) this.#execs.delete(exec)
  }

  /** Adds a network. */
  addNetwork(network: OwnedNetwork): void {
    this.#networks.set(network.id, network)
  }

  /** Removes a network; a no-op if it is unknown. */
  removeNetwork(id: string): void {
    this.#networks.delete(id)
  }

  /** Adds a volume. */
  addVolume(name: string): void {
    this.#volumes.add(name)
  }

  /** Removes a volume; a no-op if it is unknown. */
  removeVolume(name: string): void {
    this.#volumes.delete(name)
  }

  /** Adds an exec of a container. */
  addExec(id: string, container: string): void {
    this.#execs.set(id, container)
  }

  container(reference: string): OwnedContainer | undefined {
    return find(this.#containers, reference)
  }

  network(reference: string): OwnedNetwork | undefined {
    return find(this.#networks, reference)
  }

  hasVolume(name: string): boolean {
    return this.#volumes.has(name)
  }

  exec(id: string): OwnedContainer | undefined {
    return this.#containers.get(this.#execs.get(id) ?? '')
  }
}

// ---

/** In the order of the engine: id, name, start of an id. */
const find = <T extends { readonly id: string; readonly name?: string }>(
  owned: ReadonlyMap<string, T>,
  reference: string,
): T | undefined => {
  const exact = owned.get(reference)
  if (exact !== undefined) return exact
  const all = [...owned.values()]
  const named = all.filter(({ name }) => name === reference)
  if (named.length > 0) return named.length === 1 ? named[0] : undefined
  if (!/^[0-9a-f]{4,63}$/.test(reference)) return undefined
  const started = all.filter(({ id }) => id.startsWith(reference))
  return started.length === 1 ? started[0] : undefined
}
