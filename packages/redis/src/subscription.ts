import { type WaitOptions, within } from 'mesocosm'
import { createArrivals, type MessageMatch } from './arrivals.ts'
import { connect, end, type Place, unreachable } from './connection.ts'

/** A channel that is listened to until this is disposed. */
export interface Subscription extends AsyncDisposable {
  /** What has come since the start or the last `clear()`, oldest first. */
  messages(): string[]
  /** Forgets what has come. */
  clear(): void
  /**
   * The first message that matches, come or still to come.
   *
   * @param match a part of it, a pattern, or a predicate; default any.
   * @param options.timeoutMs default 10 000.
   * @throws {MesocosmError} `TIMEOUT` with the messages that did come, `ABORTED`, `SERVICE_CLIENT_FAILED` when the server has gone.
   */
  waitForMessage(match?: MessageMatch, options?: WaitOptions): Promise<string>
}

/**
 * Resolves when the server has confirmed it: nothing that is published afterwards is missed.
 *
 * @param channel as the server knows it.
 */
export const openSubscription = async (
  place: Place,
  channel: string,
  options: WaitOptions = {},
): Promise<Subscription> => {
  const arrivals = createArrivals(`on ${channel} of ${place.name}`)
  const fail = (cause: unknown) => arrivals.fail(unreachable(place.name, cause))
  const opening = connect(place)
  const subscribe = async () => {
    const client = await opening
    client.on('error', fail)
    await client.subscribe(channel, arrivals.add)
  }
  const over = async () => {
    fail(new Error('the subscription was ended'))
    await opening.then(end, () => {})
  }
  place.onRelease(over)
  try {
    await within(`subscribing to ${channel} of ${place.name}`, options, subscribe)
  } catch (error) {
    void over()
    throw error
  }
  return {
    messages: () => [...arrivals.all],
    clear: arrivals.clear,
    waitForMessage: (match, wait = {}) => arrivals.waitFor(match, wait),
    [Symbol.asyncDispose]: over,
  }
}
