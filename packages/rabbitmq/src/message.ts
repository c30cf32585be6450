import type { ConsumeMessage, MessageProperties } from 'amqplib'

/** A message as a consumer gets it. */
export interface RabbitMessage {
  readonly body: Buffer
  /** The body as UTF-8. */
  readonly text: string
  /** The body as JSON. Throws `SyntaxError`. */
  json<T = unknown>(): T
  readonly headers: Readonly<Record<string, unknown>>
  /** `contentType`, `correlationId`, `replyTo`, `messageId` and so on. */
  readonly properties: MessageProperties
  /** Where it was published to; `''` for the default exchange. */
  readonly exchange: string
  readonly routingKey: string
  /** It was in the hands of a consumer before, who did not acknowledge it. */
  readonly redelivered: boolean
}

/** A part of the text, a pattern for it, or a predicate. */
export type MessageMatch = string | RegExp | ((message: RabbitMessage) => boolean)

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

export const testerOf = (
  match: MessageMatch | undefined,
): ((message: RabbitMessage) => boolean) => {
  if (match === undefined) return () => true
  if (typeof match === 'function') return match
  if (typeof match === 'string') return ({ text }) => text.includes(match)
  // A pattern with `g` or `y` would remember where it was.
  const pattern = new RegExp(match.source, match.flags.replace(/[gy]/g, ''))
  return ({ text }) => pattern.test(text)
}

/** What is awaited, for errors. */
export const wordsOf = (match: MessageMatch | undefined): string => {
  if (match === undefined) return 'a message'
  if (typeof match === 'function') return 'a message that the predicate accepts'
  return `a message with ${typeof match === 'string' ? JSON.stringify(match) : match}`
}

/** For the reader of an error. */
export const inOneLine = ({ routingKey, text }: RabbitMessage): string =>
  `${routingKey}: ${text.length > 200 ? `${text.slice(0, 200)}…` : text}`
