import type { Expectation, ExpectOptions, WaitOptions } from 'mesocosm'
import { createArrivals, expectations, type Match, unreachable, withTimeout } from 'mesocosm/plugin'
import { connect, disconnect, type RedisService } from './connection.ts'

/** Which message is expected: a part of its text, a pattern, or a predicate. */
export type RedisMessageMatch = Match<string>

/** A channel that is listened to until this is disposed. */
export interface RedisSubscription extends AsyncDisposable {
  /** Returns the messages since the start or the last `clear()`, oldest first. */
  messages(): string[]
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
  waitForMessage(match?: RedisMessageMatch, options?: WaitOptions): Promise<string>
  /** What `expect` can wait for. */
  readonly [expectations]: RedisExpectations
}

/** What `expect` can wait for in a subscription. */
export interface RedisExpectations {
  /** A message since the start or the last `clear()`. */
  toHaveReceived(match?: RedisMessageMatch, options?: ExpectOptions): Expectation<string>
}

/**
 * Resolves when the server has confirmed the subscription, so that nothing published afterwards is missed.
 *
 * @param channel as the server knows it.
 */
export const openSubscription = async (
  service: RedisService,
  channel: string,
  options?: WaitOptions,
): Promise<RedisSubscription> => {
  const { name } = service
  const arrivals = createArrivals<string>({
    noun: 'message',
    where: `on ${channel} of ${name}`,
    remedy: 'subscribe before the message is published, and check that it goes to this channel',
    textOf: (message) => message,
    lineOf: (message) => message,
  })
  const fail = (cause: unknown) => arrivals.fail(unreachable(name, cause))
  const opening = connect(service)
  const subscribe = async () => {
    const client = await opening
    client.on('error', fail)
    await client.subscribe(channel, arrivals.add)
  }
  const end = async () => {
    fail(new Error('the subscription has ended'))
    await opening.then(disconnect, () => {})
  }
  // A release must not wait for a connection that is still opening.
  service.onRelease(async () => void end())
  try {
    await withTimeout(`subscribing to ${channel} of ${name}`, options, subscribe)
  } catch (error) {
    void end()
    throw error
  }
  return {
    messages: () => [...arrivals.all],
    clear: arrivals.clear,
    waitForMessage: arrivals.waitFor,
    [expectations]: { toHaveReceived: arrivals.expectation },
    [Symbol.asyncDispose]: end,
  }
}
