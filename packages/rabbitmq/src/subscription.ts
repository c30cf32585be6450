import { isMesocosmError, MesocosmError, type WaitOptions, within } from 'mesocosm'
import { type Connection, closed, failed } from './connection.ts'
import {
  inOneLine,
  type MessageMatch,
  messageOf,
  type RabbitMessage,
  testerOf,
  wordsOf,
} from './message.ts'

/** An exchange, and which of its messages: a binding's routing key, default `#`, which in a topic exchange is all. */
export interface Source {
  readonly exchange: string
  readonly routingKey?: string
}

/** Copies of what an exchange gets, until this is disposed. */
export interface Subscription extends AsyncDisposable {
  /** What has come since the start or the last `clear()`, oldest first. */
  messages(): RabbitMessage[]
  /** Forgets what has come. */
  clear(): void
  /**
   * The first message that matches, come or still to come.
   *
   * @param match a part of its text, a pattern, or a predicate; default any.
   * @param options.timeoutMs default 10 000.
   * @throws {MesocosmError} `TIMEOUT` with the messages that did come, `ABORTED`, `SERVICE_CLIENT_FAILED` when the server has gone.
   */
  waitForMessage(match?: MessageMatch, options?: WaitOptions): Promise<RabbitMessage>
}

/** Binds a queue of its own to the exchange; nothing that is published afterwards is missed. */
export const openSubscription = async (
  service: string,
  connection: Connection,
  { exchange, routingKey = '#' }: Source,
  options: WaitOptions = {},
): Promise<Subscription> => {
  const channel = await connection.channel(options)
  const arrived: RabbitMessage[] = []
  const waiting = new Set<(message: RabbitMessage) => void>()
  const over = Promise.withResolvers<never>()
  over.promise.catch(() => {})
  const fail = (error: unknown) => over.reject(failed(service, error))
  channel.once('error', fail)
  channel.once('close', () => fail(new Error('the subscription has ended')))
  const bind = async () => {
    const { queue } = await channel.assertQueue('', { exclusive: true, autoDelete: true })
    await channel.bindQueue(queue, exchange, routingKey)
    const add = (message: RabbitMessage) => {
      arrived.push(message)
      for (const tell of waiting) tell(message)
    }
    await channel.consume(queue, (raw) => raw !== null && add(messageOf(raw)), { noAck: true })
  }
  try {
    await within(`subscribing to ${exchange} of ${service}`, options, bind)
  } catch (error) {
    await closed(channel)
    throw failed(service, error)
  }
  const next = async (match: MessageMatch | undefined, wait: WaitOptions) => {
    const matches = testerOf(match)
    const found = arrived.find(matches)
    if (found !== undefined) return found
    const { promise, resolve, reject } = Promise.withResolvers<RabbitMessage>()
    const tell = (message: RabbitMessage) => {
      try {
        if (matches(message)) resolve(message)
      } catch (error) {
        reject(error)
      }
    }
    waiting.add(tell)
    const what = `waiting for ${wordsOf(match)} from ${exchange} of ${service}`
    try {
      return await within(what, wait, () => Promise.race([promise, over.promise]))
    } catch (error) {
      throw isMesocosmError(error) && error.code === 'TIMEOUT' ? notCome(error, arrived) : error
    } finally {
      waiting.delete(tell)
    }
  }
  return {
    messages: () => [...arrived],
    clear() {
      arrived.length = 0
    },
    waitForMessage: (match, wait = {}) => next(match, wait),
    [Symbol.asyncDispose]: () => closed(channel),
  }
}

// ---

const notCome = ({ summary, facts }: MesocosmError, arrived: readonly RabbitMessage[]) =>
  new MesocosmError({
    code: 'TIMEOUT',
    message: `${summary}; ${arrived.length === 0 ? 'none came at all' : `these came: ${arrived.length}`}`,
    remedy:
      arrived.length === 0
        ? 'subscribe before what makes the message, and see whether the routing key is right'
        : 'compare with the messages above',
    facts: { ...facts, arrived: arrived.length },
    details: arrived.slice(-20).map(inOneLine),
  })
