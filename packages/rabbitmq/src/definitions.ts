/** Arguments of a declaration, such as `{ 'x-queue-type': 'quorum' }`. */
export type Arguments = Readonly<Record<string, unknown>>

export interface Exchange {
  readonly name: string
  /** `direct`, `fanout`, `topic`, `headers` or one of a plugin. Default `direct`. */
  readonly type?: string
  /** Default `true`. */
  readonly durable?: boolean
  readonly auto_delete?: boolean
  readonly internal?: boolean
  readonly arguments?: Arguments
}

export interface Queue {
  readonly name: string
  /** Default `true`. */
  readonly durable?: boolean
  readonly auto_delete?: boolean
  readonly arguments?: Arguments
}

export interface Binding {
  /** Name of an exchange. */
  readonly source: string
  readonly destination: string
  /** Default `queue`. */
  readonly destination_type?: 'queue' | 'exchange'
  /** Default `''`. */
  readonly routing_key?: string
  readonly arguments?: Arguments
}

export interface Policy {
  readonly name: string
  readonly pattern: string
  readonly definition: Arguments
  /** Default `all`. */
  readonly 'apply-to'?: string
  readonly priority?: number
}

/** A part of what RabbitMQ exports as definitions: users, permissions and virtual hosts are the lane's own. */
export interface Definitions {
  readonly exchanges?: readonly Exchange[]
  readonly queues?: readonly Queue[]
  readonly bindings?: readonly Binding[]
  readonly policies?: readonly Policy[]
}

/** As the server imports it: every key has to be there, and none may be about anything but one virtual host. */
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
