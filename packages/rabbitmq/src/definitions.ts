/** Arguments of a declaration, such as `{ 'x-queue-type': 'quorum' }`. */
export type RabbitArguments = Readonly<Record<string, unknown>>

/** An exchange to declare. */
export interface Exchange {
  /** Its name. */
  readonly name: string
  /** `direct`, `fanout`, `topic`, `headers` or a type of a plugin. Default `direct`. */
  readonly type?: string
  /** Whether it outlives a stop of the server. Default `true`. */
  readonly durable?: boolean
  /** Whether it is deleted with its last user. Default `false`. */
  readonly auto_delete?: boolean
  /** Whether only other exchanges can publish to it. Default `false`. */
  readonly internal?: boolean
  /** Arguments; default none. */
  readonly arguments?: RabbitArguments
}

/** A queue to declare. */
export interface Queue {
  /** Its name. */
  readonly name: string
  /** Whether it outlives a stop of the server. Default `true`. */
  readonly durable?: boolean
  /** Whether it is deleted with its last user. Default `false`. */
  readonly auto_delete?: boolean
  /** Arguments; default none. */
  readonly arguments?: RabbitArguments
}

/** A binding to declare. */
export interface Binding {
  /** Name of the exchange that it takes messages from. */
  readonly source: string
  /** Name of the queue or exchange that gets them. */
  readonly destination: string
  /** Kind of the destination. Default `queue`. */
  readonly destination_type?: 'queue' | 'exchange'
  /** Pattern for routing keys; default `''`. */
  readonly routing_key?: string
  /** Arguments; default none. */
  readonly arguments?: RabbitArguments
}

/** A policy to declare. */
export interface Policy {
  /** Its name. */
  readonly name: string
  /** Regular expression for the names that it is for. */
  readonly pattern: string
  /** Settings, such as `{ 'max-length': 10 }`. */
  readonly definition: RabbitArguments
  /** `queues`, `exchanges` or another kind. Default `all`. */
  readonly 'apply-to'?: string
  /** The highest one that matches applies. Default 0. */
  readonly priority?: number
}

/**
 * What every lane has before its services start, in the format of RabbitMQ's exported definitions. Users, permissions
 * and virtual hosts of an export are ignored.
 */
export interface Definitions {
  /** Default none. */
  readonly exchanges?: readonly Exchange[]
  /** Default none. */
  readonly queues?: readonly Queue[]
  /** Default none. */
  readonly bindings?: readonly Binding[]
  /** Default none. */
  readonly policies?: readonly Policy[]
}

/** Returns definitions as the server imports them: with every key, and only those of one virtual host. */
export const definitionsFile = ({
  exchanges = [],
  queues = [],
  bindings = [],
  policies = [],
}: Definitions): string =>
  JSON.stringify({
    exchanges: exchanges.map((one) => ({ type: 'direct', internal: false, ...lasting, ...one })),
    queues: queues.map((one) => ({ ...lasting, ...one })),
    bindings: bindings.map((one) => ({
      destination_type: 'queue',
      routing_key: '',
      arguments: {},
      ...one,
    })),
    policies: policies.map((one) => ({ 'apply-to': 'all', priority: 0, ...one })),
  })

// ---

const lasting = { durable: true, auto_delete: false, arguments: {} }
