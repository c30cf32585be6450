import type { ConfirmChannel, ConsumeMessage } from 'amqplib'
import type { WaitOptions } from 'mesocosm'
import {
  type Arrivals,
  createArrivals,
  type Evidence,
  matcherOf,
  withTimeout,
} from 'mesocosm/plugin'
import { type Connection, closed, failed } from './connection.ts'
import { messageOf, messageWords, type RabbitMessage, type RabbitMessageMatch } from './message.ts'

/** Takes the first message that matches off the queue. The others go back to their positions. */
export const consumeOne = async (
  service: string,
  connection: Connection,
  queue: string,
  match: RabbitMessageMatch | undefined,
  options: WaitOptions,
): Promise<RabbitMessage> => {
  const { noun, textOf, lineOf } = messageWords
  const where = `in ${queue} of ${service}`
  const channel = await connection.channel(options)
  const arrivals = createArrivals<Delivery>({
    noun,
    where,
    textOf: ({ message }) => textOf(message),
    lineOf: ({ message }) => lineOf(message),
  })
  let isOpen = true
  const close = async () => {
    if (isOpen) await closed(channel)
    isOpen = false
  }
  try {
    return await withTimeout(
      `waiting for ${matcherOf(match, noun, textOf).words} ${where}`,
      options,
      (signal) => take(channel, queue, match, arrivals, signal),
      async (code) => {
        if (code === 'ABORTED') return []
        // First the others go back, so that they are counted.
        await close()
        return await evidence(connection, queue, arrivals.all)
      },
    )
  } catch (error) {
    throw failed(service, error)
  } finally {
    await close()
  }
}

// ---

interface Delivery {
  readonly raw: ConsumeMessage
  readonly message: RabbitMessage
}

const take = async (
  channel: ConfirmChannel,
  queue: string,
  match: RabbitMessageMatch | undefined,
  arrivals: Arrivals<Delivery>,
  signal: AbortSignal,
): Promise<RabbitMessage> => {
  // A refusal ends the channel, also before its messages are waited for.
  channel.once('error', arrivals.fail)
  channel.once('close', () => arrivals.fail(new Error('the connection was closed')))
  // Without a match the other messages are left in the queue.
  if (match === undefined) await channel.prefetch(1)
  const { consumerTag } = await channel.consume(queue, (raw) => {
    if (raw === null) arrivals.fail(new Error(`queue ${queue} was deleted`))
    else arrivals.add({ raw, message: messageOf(raw) })
  })
  const { raw, message } = await arrivals.waitFor(matchOf(match), {
    signal,
    timeoutMs: Number.POSITIVE_INFINITY,
  })
  await channel.cancel(consumerTag)
  channel.ack(raw)
  return message
}

const matchOf = (match: RabbitMessageMatch | undefined) =>
  typeof match === 'function' ? ({ message }: Delivery) => match(message) : match

const evidence = async (
  connection: Connection,
  queue: string,
  others: readonly Delivery[],
): Promise<Evidence> => {
  const counts = await connection
    .use(`counting ${queue}`, { timeoutMs: 1_000 }, (channel) => channel.checkQueue(queue))
    .then(({ messageCount: messages, consumerCount: consumers }) => ({ messages, consumers }))
    // The error says that the server does not answer.
    .catch(() => undefined)
  return {
    seen:
      counts === undefined
        ? 'the server does not answer'
        : `the queue has ${counts.messages} ready messages and ${counts.consumers} consumers`,
    remedy:
      counts !== undefined && counts.consumers > 0
        ? 'subscribe() to the exchange to get copies, because another consumer takes messages off this queue'
        : "check in the sender's log whether it published, and to which exchange and routing key",
    facts: { queue, ...counts, others: others.length },
    details: others.slice(-20).map(({ message }) => messageWords.lineOf(message)),
  }
}
