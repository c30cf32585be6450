import type { ConsumeMessage, MessageProperties } from 'amqplib'
import type { ArrivalsOptions, Match } from 'mesocosm/plugin'

/** A message as a consumer gets it. */
export interface RabbitMessage {
  /** Its content. */
  readonly body: Buffer
  /** The body as UTF-8. */
  readonly text: string
  /** Returns the body parsed as JSON. Throws `SyntaxError`. */
  json<T = unknown>(): T
  /** Its headers. */
  readonly headers: Readonly<Record<string, unknown>>
  /** `contentType`, `correlationId`, `replyTo`, `messageId` and so on. */
  readonly properties: MessageProperties
  /** Exchange that it was published to; `''` for the default exchange. */
  readonly exchange: string
  /** Routing key that it was published with. */
  readonly routingKey: string
  /** Whether a consumer had it before, and did not acknowledge it. */
  readonly redelivered: boolean
}

/** Which message is expected: a part of its text, a pattern for it, or a predicate. */
export type RabbitMessageMatch = Match<RabbitMessage>

/** Returns a message of the client library as the handle shows it. */
export const messageOf = ({ content, properties, fields }: ConsumeMessage): RabbitMessage => ({
  body: content,
  text: content.toString('utf8'),
  json: <T>() => JSON.parse(content.toString('utf8')) as T,
  headers: properties.headers ?? {},
  properties,
  exchange: fields.exchange,
  routingKey: fields.routingKey,
  redelivered: fields.redelivered,
})

/** How messages are matched and named in errors. */
export const messageWords: Pick<ArrivalsOptions<RabbitMessage>, 'noun' | 'textOf' | 'lineOf'> = {
  noun: 'message',
  textOf: ({ text }) => text,
  lineOf: ({ routingKey, text }) =>
    `${routingKey}: ${text.length > 200 ? `${text.slice(0, 200)}…` : text}`,
}
