import type { Server as HttpServer, RequestListener } from 'node:http'
import type { Server } from 'node:net'
import type { WaitOptions } from './handle.ts'
import type { HandleOf, Handles } from './handle-types.ts'
import type { ServiceDefinition } from './service-definition.ts'
import type { AnyTopology, ServiceName, ServicesOf } from './topology.ts'

/** The names of a topology's endpoints; see `testEndpoint`. */
export type EndpointName<T extends AnyTopology> = {
  [K in keyof ServicesOf<T>]: ServicesOf<T>[K] extends { readonly endpoint: 'test' } ? K : never
}[keyof ServicesOf<T>] &
  string

/**
 * Who answers: a handler of HTTP requests, for which a server is started and closed; a server of this process that
 * listens; or the port of one on this machine's loopback address.
 */
export type ListenTarget = RequestListener | HttpServer | Server | number

/** Options of {@link Lane.listen}. `timeoutMs` is 30 000 by default. */
export interface ListenOptions extends WaitOptions {
  /** Name of the endpoint's port; default its first. */
  readonly port?: string
}

/** A test that listens at an endpoint. Disposing it stops: connections are refused again, and open ones are cut. */
export interface Listener extends AsyncDisposable {
  /** Address as services of the lane see it, `http://hooks:8080`. */
  readonly url: string
  /** Stops; the same as disposing it. A second call is a no-op. */
  close(): Promise<void>
  /** Stops, like `close`. */
  [Symbol.asyncDispose](): PromiseLike<void>
}

/** Options of {@link Lane.control}. `timeoutMs` is 30 000 by default. */
export interface ControlOptions extends WaitOptions {
  /** Whether programs on the lane's network can call it, too; default `false`. */
  readonly network?: boolean
}

/** Where the Control API of a lane is. */
export interface LaneControl {
  /** Address on this machine, `http://127.0.0.1:<port>`. */
  readonly url: string
  /** The token that requests carry: `Authorization: Bearer <token>`. */
  readonly token: string
  /** Address on the lane's network, `http://mesocosm:8080`; absent without `network`. */
  readonly networkUrl?: string
}

/**
 * How a lane is reset: `light` restores data with the services' reset tasks, `deep` recreates what is needed,
 * `none` leaves everything as the last user did.
 */
export type ResetLevel = 'light' | 'deep' | 'none'

/** Options of `lease`. `Name` is the names of the topology's services, {@link ServiceName}. */
export interface LeaseOptions<Name extends string = string> extends WaitOptions {
  /** Which lane: the same key returns the same lane. Default the runner's worker slot, else a lane of its own. */
  readonly key?: string
  /** How a lane that was used before is reset; default `light`. */
  readonly reset?: ResetLevel
  /** Services to start, with everything they depend on; default all. */
  readonly services?: readonly Name[]
}

/** Options of {@link Lane.reset}. `timeoutMs` is 60 000 by default. */
export interface ResetOptions extends WaitOptions {
  /** Default `light`. */
  readonly level?: Exclude<ResetLevel, 'none'>
}

/**
 * One isolated copy of a topology: its own network, its own services, its own data on shared servers. All methods
 * throw `ARGUMENT_INVALID`, with all faults, for arguments that they do not take; nothing is changed then.
 */
export interface Lane<T extends AnyTopology> extends AsyncDisposable {
  /** Name of the lane, such as `lane_1`: safe as an identifier, unique in the run. */
  readonly name: string
  /** The handles of the services by name. */
  readonly services: Handles<T>

  /**
   * Starts another service in this lane and waits until it is ready. It reaches the others by name, and they reach it.
   * It is removed when the returned handle is disposed, by `remove`, or with the lane.
   *
   * @param name a name that the topology does not declare; it is also the service's host name.
   * @param definition as in `defineTopology`.
   * @throws {MesocosmError} `SERVICE_IN_USE` if the name is taken, `TOPOLOGY_INVALID`, and what a start can throw.
   */
  add<
    const K extends string,
    const X extends ServiceDefinition<T['name'], ServicesOf<T> & { readonly [P in K]: X }, K>,
  >(
    name: K & FreeName<K, T>,
    definition: X,
    options?: WaitOptions,
  ): Promise<HandleOf<T['name'], K, X>>

  /**
   * Stops and removes a service that `add` started.
   *
   * @throws {MesocosmError} `SERVICE_UNKNOWN`; `SERVICE_IN_USE` if another service refers to it.
   */
  remove(name: string, options?: WaitOptions): Promise<void>

  /** Runs `use` as a named step of the trace, and returns or throws what it does. */
  step<R>(title: string, use: () => R | Promise<R>): Promise<R>

  /**
   * Restores the declared state: environment, services and data. Added services are removed.
   *
   * @param options.timeoutMs default 60 000.
   * @throws {MesocosmError} `TIMEOUT`, `TASK_FAILED`, and what a start can throw.
   */
  reset(options?: ResetOptions): Promise<void>

  /**
   * Disconnects a service from the lane's network; it keeps running. Its published ports do not answer meanwhile; the
   * handle keeps their numbers.
   */
  disconnect(service: ServiceName<T>, options?: WaitOptions): Promise<void>
  /**
   * Connects a disconnected service again, under the same names and at the same published ports. Only if the engine
   * picks the ports, as for an engine on another machine, they may change; the handle has the new ones then.
   */
  connect(service: ServiceName<T>, options?: WaitOptions): Promise<void>

  /**
   * Answers at an endpoint of the topology until the result is disposed, the lane is reset or released, or this process
   * ends.
   * Services that were refused before reach it at the same address. Each connection is in the record: who connected,
   * how long, how many bytes. A broken connection to the engine only interrupts it.
   *
   * @param target a handler of requests, a server that listens, or a port of this machine's loopback address.
   * @throws {MesocosmError} `SERVICE_IN_USE` if a test listens there already, `SERVICE_NOT_STARTED`,
   * `SERVICE_NOT_RUNNING`, `ARGUMENT_INVALID`, `TIMEOUT`.
   */
  listen(
    endpoint: EndpointName<T>,
    target: ListenTarget,
    options?: ListenOptions,
  ): Promise<Listener>

  /**
   * Opens the lane's Control API: HTTP and JSON, for tests and scripts in other languages. It ends with the lane; a
   * second call returns the same one.
   *
   * @throws {MesocosmError} `SERVICE_NOT_STARTED` with `network` while no service of the lane was started,
   * `RUNTIME_UNSUPPORTED`, `TIMEOUT`.
   */
  control(options?: ControlOptions): Promise<LaneControl>

  /** Starts services that the lease left out, with everything they depend on. Running services are left alone. */
  start(...services: ServiceName<T>[]): Promise<void>
  /** Does the same; the options come last. */
  start(...services: [...ServiceName<T>[], WaitOptions]): Promise<void>

  /** Gives the lane back; the same as disposing it. A second call is a no-op. */
  release(): Promise<void>
  /** Gives the lane back, like `release`. */
  [Symbol.asyncDispose](): PromiseLike<void>
}

type FreeName<K extends string, T extends AnyTopology> = K extends keyof ServicesOf<T>
  ? `✗ "${K}" is already declared in the topology`
  : K
