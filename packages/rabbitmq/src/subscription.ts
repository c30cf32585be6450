import type { Expectation, ExpectOptions, WaitOptions } from 'mesocosm'
import { createArrivals, expectations, withTimeout } from 'mesocosm/plugin'
import { type Connection, closed, failed } from './connection.ts'
import { messageOf, messageWords, type RabbitMessage, type RabbitMessageMatch } from './message.ts'

/** Messages of an exchange. */
export interface RabbitSource {
  /** Name of the exchange. */
  readonly exchange: string
  /** Routing key of the binding; default `#`, which in a topic exchange is all messages. */
  readonly routingKey?: string
}

/** Copies of what an exchange gets, until this is disposed. */
export interface RabbitSubscription extends AsyncDisposable {
  /** Returns the messages since the start or the last `clear()`, oldest first. */
  messages(): RabbitMessage[]
  /** Forgets the messages so far. */
  clear(): void
  /**
   * Returns the first message that matches: one that has arrived, or the next that does.
   *
   * @param match default any message.
   * @param options.timeoutMs default 10 000.
   * @throws {MesocosmError} `TIMEOUT` with the messages that did arrive, `ABORTED`, `SERVICE_CLIENT_FAILED` when the
   * connection has ended.
   */
  waitForMessage(match?: RabbitMessageMatch, options?: WaitOptions): Promise<RabbitMessage>
  /** What `expect` can wait for. */
  readonly [expectations]: RabbitExpectations
}

/** What `expect` can wait for in a subscription. */
export interface RabbitExpectations {
  /** A message since the start or the last `clear()`. */
  toHaveReceived(match?: RabbitMessageMatch, options?: ExpectOptions): Expectation<RabbitMessage>
}

/** Binds a queue of its own to the exchange. Resolves when nothing that is published afterwards is missed. */
export const openSubscription = async (
  service: string,
  connection: Connection,
  { exchange, routingKey = '#' }: RabbitSource,
  options?: WaitOptions,
): Promise<RabbitSubscription> => {
  const channel = await connection.channel(options)
  const arrivals = createArrivals<RabbitMessage>({
    ...messageWords,
    where: `from ${exchange} of ${service}`,
    remedy: 'subscribe before the message is published, and check the routing key',
  })
  const fail = (error: unknown) => arrivals.fail(failed(service, error))
  channel.once('error', fail)
  channel.once('close', () => fail(new Error('the subscription has ended')))
  const bind = async () => {
    const { queue } = await channel.assertQueue('', { exclusive: true, autoDelete: true })
    await channel.bindQueue(queue, exchange, routingKey)
    await channel.consume(queue, (raw) => raw !== null && arrivals.add(messageOf(raw)), {
      noAck: true,
    })
  }
  try {
    await withTimeout(`subscribing to ${exchange} of ${service}`, options, bind)
  } catch (error) {
    await closed(channel)
    throw failed(service, error)
  }
  return {
    messages: () => [...arrivals.all],
    clear: arrivals.clear,
    waitForMessage: arrivals.waitFor,
    [expectations]: { toHaveReceived: arrivals.expectation },
    [Symbol.asyncDispose]: () => closed(channel),
  }
}
