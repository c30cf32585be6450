import type { ConfirmChannel, Options } from 'amqplib'
import { MesocosmError, type WaitOptions } from 'mesocosm'
import { declareRemedy } from './connection.ts'

/** Where to publish: a queue by its name, or an exchange and a routing key. */
export type RabbitTarget =
  | {
      /** Name of the queue. */
      readonly queue: string
      /** Not with a queue. */
      readonly exchange?: never
      /** Not with a queue. */
      readonly routingKey?: never
    }
  | {
      /** Name of the exchange; default the nameless one. */
      readonly exchange?: string
      /** Routing key; default `''`. */
      readonly routingKey?: string
      /** Not with an exchange. */
      readonly queue?: never
    }

/** Body of a message. Strings and bytes are sent as they are, all else as JSON. */
export type MessageBody = string | Uint8Array | number | boolean | null | object

/** Options of `publish`, with the names of AMQP's properties. */
export interface PublishOptions extends WaitOptions {
  /** Content type; default `application/json` for a body that is sent as JSON. */
  readonly contentType?: string
  /** Headers; default none. */
  readonly headers?: Readonly<Record<string, unknown>>
  /** Id of the request that this answers. */
  readonly correlationId?: string
  /** Queue for the answer. */
  readonly replyTo?: string
  /** Id of the message. */
  readonly messageId?: string
  /** Kind of message. */
  readonly type?: string
  /** Priority in a queue that has priorities. */
  readonly priority?: number
  /** Whether it outlives a stop of the server, in a durable queue. Default `true`. */
  readonly persistent?: boolean
  /** Milliseconds to stay in a queue; default without end. */
  readonly ttlMs?: number
  /** Whether it fails if no queue gets it. Default `true` for a queue, `false` for an exchange. */
  readonly mandatory?: boolean
}

/** Publishes a message, and resolves when the server has confirmed it. */
export const publish = async (
  service: string,
  channel: ConfirmChannel,
  { queue, exchange = '', routingKey = '' }: RabbitTarget,
  body: MessageBody,
  options: PublishOptions,
): Promise<void> => {
  const { ttlMs, mandatory = queue !== undefined, headers, timeoutMs, signal, ...rest } = options
  const bare = typeof body === 'string' || body instanceof Uint8Array
  const content = Buffer.from(bare ? body : JSON.stringify(body))
  const key = queue ?? routingKey
  const properties: Options.Publish = {
    persistent: true,
    ...(bare ? {} : { contentType: 'application/json' }),
    ...rest,
    mandatory,
    ...(headers === undefined ? {} : { headers: { ...headers } }),
    ...(ttlMs === undefined ? {} : { expiration: ttlMs }),
  }
  let returned = false
  channel.on('return', () => {
    returned = true
  })
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const confirmed = (error: unknown) => (error ? reject(error) : resolve())
  // A refusal, such as of an unknown exchange, ends the channel without a confirm.
  channel.once('error', reject)
  channel.once('close', () => reject(new Error('the channel was closed')))
  channel.publish(exchange, key, content, properties, confirmed)
  await promise
  if (returned) throw unrouted(service, exchange, key)
}

// ---

const unrouted = (service: string, exchange: string, key: string) =>
  new MesocosmError({
    code: 'SERVICE_CLIENT_FAILED',
    message:
      exchange === ''
        ? `${service} has no queue "${key}"`
        : `${service} has no queue bound to exchange "${exchange}" for routing key "${key}"`,
    remedy: declareRemedy,
    facts: { service, exchange, routingKey: key },
  })
