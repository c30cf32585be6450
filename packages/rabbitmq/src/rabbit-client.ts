import { MesocosmError, type PluginService, type WaitOptions } from 'mesocosm'
import { createConnection } from './connection.ts'
import { consumeOne } from './consume-one.ts'
import type { MessageMatch, RabbitMessage } from './message.ts'
import { type MessageBody, type PublishOptions, publish, type Target } from './publish.ts'
import { openSubscription, type Source, type Subscription } from './subscription.ts'

export interface ConsumeOptions extends WaitOptions {
  /** A part of the text, a pattern for it, or a predicate; default any message. */
  readonly match?: MessageMatch
}

export interface QueueState {
  /** Ready ones: what consumers have in hand is not counted. */
  readonly messages: number
  readonly consumers: number
}

/**
 * The methods of a RabbitMQ handle; they work in the lane's virtual host, as the lane's user. `options.timeoutMs` is 10 000
 * everywhere. What the server refuses, or that it does not answer, is thrown as `MesocosmError` `SERVICE_CLIENT_FAILED`.
 */
export interface RabbitClient {
  /**
   * Publishes a message and waits until the server has confirmed it: `publish({ queue: 'jobs' }, { id: 1 })`.
   *
   * @throws {MesocosmError} `SERVICE_CLIENT_FAILED` also when no queue gets it, which for an exchange is asked with `mandatory`.
   */
  publish(to: Target, body: MessageBody, options?: PublishOptions): Promise<void>
  /**
   * Takes one message off a queue, one that is there already or one still to come, and acknowledges it.
   * With `match` the others are held meanwhile and go back to their places.
   *
   * @throws {MesocosmError} `TIMEOUT` with the counts of the queue and the messages that did not match, `ABORTED`.
   */
  consumeOne(queue: string, options?: ConsumeOptions): Promise<RabbitMessage>
  /** Gets copies of what an exchange gets from now on, so that services lose nothing: `subscribe({ exchange: 'events', routingKey: 'order.*' })`. */
  subscribe(source: Source, options?: WaitOptions): Promise<Subscription>
  /** Deletes the ready messages of one queue, or of all in the lane. Returns how many. */
  purge(queue?: string, options?: WaitOptions): Promise<number>
  /** Counts of a queue. */
  inspect(queue: string, options?: WaitOptions): Promise<QueueState>
}

type Service = PluginService<'amqp', 'url' | 'vhost' | 'user'>

export const createRabbitClient = ({ name, outputs, onRelease, run }: Service): RabbitClient => {
  const connection = createConnection({ name, url: () => outputs.url, onRelease })
  const { use } = connection
  const purgeAll = async (options: WaitOptions = {}): Promise<number> => {
    const argv = ['sh', '/mesocosm/lanes.sh', 'purge', outputs.vhost, outputs.user]
    const { exitCode, stdout, stderr } = await run(argv, options)
    const count = /lane_done,\s*(\d+)/.exec(stdout)?.[1]
    if (exitCode === 0 && count !== undefined) return Number(count)
    throw new MesocosmError({
      code: 'SERVICE_CLIENT_FAILED',
      message: `the queues of ${name} could not be purged: ${(stderr || stdout).trim()}`,
      facts: { service: name, exitCode },
    })
  }
  return {
    publish: (to, body, options = {}) =>
      use('publishing', (channel) => publish(name, channel, to, body, options), options),
    consumeOne: (queue, { match, ...options } = {}) =>
      consumeOne(name, connection, queue, match, options),
    subscribe: (source, options) => openSubscription(name, connection, source, options),
    purge: (queue, options) =>
      queue === undefined
        ? purgeAll(options)
        : use(
            `purging ${queue}`,
            async (channel) => (await channel.purgeQueue(queue)).messageCount,
            options,
          ),
    inspect: (queue, options) =>
      use(
        `inspecting ${queue}`,
        async (channel) => {
          const { messageCount, consumerCount } = await channel.checkQueue(queue)
          return { messages: messageCount, consumers: consumerCount }
        },
        options,
      ),
  }
}
