import { MesocosmError, type PluginService, type WaitOptions } from 'mesocosm'
import { createConnection } from './connection.ts'
import { consumeOne } from './consume-one.ts'
import type { RabbitMessage, RabbitMessageMatch } from './message.ts'
import { type MessageBody, type PublishOptions, publish, type RabbitTarget } from './publish.ts'
import { openSubscription, type RabbitSource, type RabbitSubscription } from './subscription.ts'

/** Options of {@link RabbitClient.consumeOne}. */
export interface ConsumeOptions extends WaitOptions {
  /** A part of the text, a pattern for it, or a predicate; default any message. */
  readonly match?: RabbitMessageMatch
}

/** Counts of a queue. */
export interface QueueState {
  /** Ready messages, without those that consumers have not acknowledged yet. */
  readonly messages: number
  /** Consumers of the queue. */
  readonly consumers: number
}

/**
 * The methods of a RabbitMQ handle. They use the lane's virtual host, as the lane's user. `options.timeoutMs` is 10 000 by
 * default. What the server refuses, and that it does not answer, is thrown as {@link MesocosmError}
 * `SERVICE_CLIENT_FAILED`.
 */
export interface RabbitClient {
  /**
   * Publishes a message, and resolves when the server has confirmed it: `publish({ queue: 'jobs' }, { id: 1 })`.
   *
   * @throws {MesocosmError} `SERVICE_CLIENT_FAILED` also if no queue gets it; for an exchange only with `mandatory`.
   */
  publish(to: RabbitTarget, body: MessageBody, options?: PublishOptions): Promise<void>
  /**
   * Takes one message off a queue, the first that is there or arrives, and acknowledges it.
   * With `match` the others are held meanwhile, and go back to their positions.
   *
   * @throws {MesocosmError} `TIMEOUT` with the counts of the queue and the messages that did not match, `ABORTED`.
   */
  consumeOne(queue: string, options?: ConsumeOptions): Promise<RabbitMessage>
  /** Gets copies of what an exchange gets from now on, so that services lose nothing: `subscribe({ exchange: 'events', routingKey: 'order.*' })`. */
  subscribe(source: RabbitSource, options?: WaitOptions): Promise<RabbitSubscription>
  /** Deletes the ready messages of one queue, or of all queues of the lane, and returns how many. */
  purge(queue?: string, options?: WaitOptions): Promise<number>
  /** Returns the counts of a queue. */
  inspect(queue: string, options?: WaitOptions): Promise<QueueState>
}

/** Makes the methods of a handle. Nothing connects before the first call. */
export const createRabbitClient = ({
  name,
  outputs,
  onRelease,
  run,
}: PluginService<'amqp', 'url' | 'vhost' | 'user'>): RabbitClient => {
  const connection = createConnection({ name, url: () => outputs.url, onRelease })
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
      connection.use('publishing', options, (channel) => publish(name, channel, to, body, options)),
    consumeOne: (queue, { match, ...options } = {}) =>
      consumeOne(name, connection, queue, match, options),
    subscribe: (source, options) => openSubscription(name, connection, source, options),
    purge: (queue, options) =>
      queue === undefined
        ? purgeAll(options)
        : connection.use(
            `purging ${queue}`,
            options,
            async (channel) => (await channel.purgeQueue(queue)).messageCount,
          ),
    inspect: (queue, options) =>
      connection.use(`inspecting ${queue}`, options, async (channel) => {
        const { messageCount, consumerCount } = await channel.checkQueue(queue)
        return { messages: messageCount, consumers: consumerCount }
      }),
  }
}
