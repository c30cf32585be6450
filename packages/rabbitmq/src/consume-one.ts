import type { ConfirmChannel, ConsumeMessage } from 'amqplib'
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

/** Takes the first message that matches off the queue; those that do not go back to their places. */
export const consumeOne = async (
  service: string,
  connection: Connection,
  queue: string,
  match: MessageMatch | undefined,
  options: WaitOptions,
): Promise<RabbitMessage> => {
  const channel = await connection.channel(options)
  const others: RabbitMessage[] = []
  const what = `waiting for ${wordsOf(match)} in ${queue} of ${service}`
  try {
    const taken = await within(what, options, () => take(channel, queue, match, others))
    await closed(channel)
    return taken
  } catch (error) {
    // First the others go back: they are counted.
    await closed(channel)
    if (!isMesocosmError(error) || error.code !== 'TIMEOUT') throw failed(service, error)
    throw await notCome(error, connection, queue, others)
  }
}

// ---

const take = async (
  channel: ConfirmChannel,
  queue: string,
  match: MessageMatch | undefined,
  others: RabbitMessage[],
): Promise<RabbitMessage> => {
  const matches = testerOf(match)
  const { promise, resolve, reject } = Promise.withResolvers<ConsumeMessage>()
  // It can be rejected before anybody waits for it: what is refused ends the channel, too.
  promise.catch(() => {})
  channel.once('error', reject)
  channel.once('close', () => reject(new Error('the connection was closed')))
  const look = (raw: ConsumeMessage | null) => {
    if (raw === null) return reject(new Error(`queue ${queue} was deleted`))
    try {
      const message = messageOf(raw)
      if (matches(message)) resolve(raw)
      else others.push(message)
    } catch (error) {
      reject(error)
    }
  }
  // Others in the queue shall stay untouched where any will do.
  if (match === undefined) await channel.prefetch(1)
  const { consumerTag } = await channel.consume(queue, look)
  const raw = await promise
  await channel.cancel(consumerTag)
  channel.ack(raw)
  return messageOf(raw)
}

const notCome = async (
  { summary, facts }: MesocosmError,
  connection: Connection,
  queue: string,
  others: readonly RabbitMessage[],
): Promise<MesocosmError> => {
  const counts = await connection
    .use(`counting ${queue}`, (channel) => channel.checkQueue(queue), { timeoutMs: 1_000 })
    .then(({ messageCount: messages, consumerCount: consumers }) => ({ messages, consumers }))
    // Nobody answers: which is what the error is about.
    .catch(() => undefined)
  const state =
    counts === undefined
      ? 'the server does not answer'
      : `it has ${counts.messages} ready messages and ${counts.consumers} consumers`
  return new MesocosmError({
    code: 'TIMEOUT',
    message: `${summary}; ${state}`,
    remedy:
      counts !== undefined && counts.consumers > 0
        ? 'another consumer takes messages off this queue: subscribe() to the exchange to get copies'
        : "see in the sender's log whether it published, and to which exchange and routing key",
    facts: { ...facts, queue, ...counts, others: others.length },
    details: others.slice(-20).map(inOneLine),
  })
}
