import type { ConfirmChannel, Options } from 'amqplib'
import { MesocosmError, type WaitOptions } from 'mesocosm'

/** A queue by its name, or an exchange (default the nameless one) and a routing key (default `''`). */
export type Target =
  | { readonly queue: string; readonly exchange?: never; readonly routingKey?: never }
  | { readonly exchange?: string; readonly routingKey?: string; readonly queue?: never }

/** Text and bytes go as they are, all else as JSON. */
export type MessageBody = string | Uint8Array | number | boolean | null | object

export interface PublishOptions extends WaitOptions {
  /** Default `application/json` for a body sent as JSON. */
  readonly contentType?: string
  readonly headers?: Readonly<Record<string, unknown>>
  readonly correlationId?: string
  readonly replyTo?: string
  readonly messageId?: string
  readonly type?: string
  readonly priority?: number
  /** Outlives a stop of the server, in a durable queue. Default `true`. */
  readonly persistent?: boolean
  /** Milliseconds to stay in a queue; default for ever. */
  readonly ttlMs?: number
  /** Fail when no queue gets it. Default `true` for a queue, `false` for an exchange. */
  readonly mandatory?: boolean
}

/** Resolves when the server has confirmed the message. */
export const publish = async (
  service: string,
  channel: ConfirmChannel,
  { queue, exchange = '', routingKey = '' }: Target,
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
  if (returned) throw gotByNone(service, exchange, key)
}

// ---

const gotByNone = (service: string, exchange: string, key: string) =>
  new MesocosmError({
    code: 'SERVICE_CLIENT_FAILED',
    message:
      exchange === ''
        ? `${service} has no queue "${key}" that could get the message`
        : `${service} has no queue bound to exchange "${exchange}" that gets "${key}"`,
    remedy:
      'declare it: in the service that consumes, before that is ready, or by definitions of the plugin',
    facts: { service, exchange, routingKey: key },
  })
