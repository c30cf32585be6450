import type { WaitOptions } from './handle.ts'
import type { HandleOf, Handles } from './handle-types.ts'
import type { ServiceDefinition } from './service-definition.ts'
import type { AnyTopology, ServiceName, ServicesOf } from './topology.ts'

/** `light`: data back by the services' own reset tasks; `deep`: whatever it takes; `none`: as the last user left it. */
export type ResetLevel = 'light' | 'deep' | 'none'

/** `Name`: services of the topology, {@link ServiceName}. */
export interface LeaseOptions<Name extends string = string> extends WaitOptions {
  /** Which lane: the same key gives the same lane again. Default the runner's worker slot, else a lane of its own. */
  readonly key?: string
  /** What happens to a lane that was used before; default `light`. */
  readonly reset?: ResetLevel
  /** Which services to start, with all they need; default all. */
  readonly services?: readonly Name[]
}

export interface ResetOptions extends WaitOptions {
  /** Default `light`. */
  readonly level?: Exclude<ResetLevel, 'none'>
}

/** One isolated copy of a topology: its own network, its own services, its own data on shared servers. */
export interface Lane<T extends AnyTopology> extends AsyncDisposable {
  readonly name: string
  readonly services: Handles<T>

  /**
   * Starts one more service in this lane; it sees the others by name. It goes when the returned handle is disposed,
   * with `remove`, or with the lane.
   *
   * @throws {MesocosmError} `SERVICE_IN_USE` when the name is taken, `TOPOLOGY_INVALID`, and whatever a start can throw.
   */
  add<
    const K extends string,
    const X extends ServiceDefinition<T['name'], ServicesOf<T> & { readonly [P in K]: X }, K>,
  >(name: K & FreeName<K, T>, node: X, options?: WaitOptions): Promise<HandleOf<T['name'], K, X>>

  /** Stops and removes a service that `add` started. Throws `SERVICE_UNKNOWN`, and `SERVICE_IN_USE` where another refers to it. */
  remove(name: string, options?: WaitOptions): Promise<void>

  /** Runs `use` as a named span of the trace. What it throws, it throws. */
  step<R>(title: string, use: () => R | Promise<R>): Promise<R>

  /** The declared state again: environment, services, data; added services go. Default after 60 000 ms `TIMEOUT`. */
  reset(options?: ResetOptions): Promise<void>

  /** Takes a service off the lane's network; it keeps running. */
  disconnect(service: ServiceName<T>): Promise<void>
  /** Puts it back, under the same names. */
  connect(service: ServiceName<T>): Promise<void>

  /** Starts services that a lease left out, with all they need; those that run are left alone. */
  start(...services: ServiceName<T>[]): Promise<void>

  /** Gives the lane back; same as disposing it. Doing it twice is fine. */
  release(): Promise<void>
}

type FreeName<K extends string, T extends AnyTopology> = K extends keyof ServicesOf<T>
  ? `✗ "${K}" is declared in the topology already`
  : K
