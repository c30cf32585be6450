import type { RedisClientType } from '@redis/client'
import { isMesocosmError, MesocosmError, type WaitOptions, within } from 'mesocosm'

/** Where the server answers, and when a connection to it has to be closed. */
export interface Place {
  readonly name: string
  readonly url: () => string
  readonly onRelease: (release: () => Promise<void>) => void
}

export interface Connection {
  /**
   * Does `work` over the kept connection, made where there is none.
   *
   * @param what in words, for errors.
   * @throws what the server replies, as an error of `@redis/client`; {@link MesocosmError} `SERVICE_CLIENT_FAILED`
   * when there is no connection, `TIMEOUT` after 10 000 ms or `options.timeoutMs`, `ABORTED`.
   */
  use<T>(
    what: string,
    work: (client: RedisClientType) => Promise<T>,
    options?: WaitOptions,
  ): Promise<T>
}

/** `@redis/client` is loaded at the first use: a test that only needs the address does not pay for it. */
export const createConnection = (place: Place): Connection => {
  let kept: Promise<RedisClientType> | undefined
  const forget = (which: Promise<RedisClientType>) => {
    if (kept === which) kept = undefined
    void which.then(end, () => {})
  }
  const open = () => {
    const opening = connect(place)
    // For each anew: a release is told once.
    place.onRelease(async () => forget(opening))
    return opening
  }
  const take = async (): Promise<RedisClientType> => {
    kept ??= open()
    const opening = kept
    const client = await opening.catch((error: unknown) => {
      forget(opening)
      throw error
    })
    if (client.isReady) return client
    // The server has closed it since.
    forget(opening)
    return await take()
  }
  return {
    async use(what, work, options = {}) {
      const sentence = `${what} on ${place.name}`
      try {
        return await within(sentence, options, () => take().then(work))
      } catch (error) {
        // Replies come in order: what is stuck would hold up all that follow.
        if (isMesocosmError(error) && kept !== undefined) forget(kept)
        throw await told(place, error)
      }
    },
  }
}

/** A new connection, which ends for good when the server closes it. */
export const connect = async ({ name, url }: Place): Promise<RedisClientType> => {
  const { createClient } = await import('@redis/client')
  const address = url()
  const client: RedisClientType = createClient({
    url: address,
    socket: { reconnectStrategy: false },
    disableOfflineQueue: true,
    disableClientInfo: true,
    maintNotifications: 'disabled',
  })
  // Whoever waits for an answer is told by its rejection.
  client.on('error', () => {})
  try {
    await client.connect()
  } catch (error) {
    end(client)
    throw unreachable(name, error)
  }
  // It shall not keep a process from its end: while an answer is awaited, the timer of the wait does.
  client.unref()
  return client
}

export const end = (client: RedisClientType): void => {
  if (client.isOpen) client.destroy()
}

export const unreachable = (service: string, cause: unknown) =>
  new MesocosmError({
    code: 'SERVICE_CLIENT_FAILED',
    message: `${service} does not answer: ${cause instanceof Error ? cause.message : String(cause)}`,
    remedy: 'see in its log whether it runs; start() it again if the test has stopped it',
    facts: { service },
    cause,
  })

// ---

/** What the server replied stays as it is; all else is trouble with the connection. */
const told = async ({ name }: Place, error: unknown): Promise<unknown> => {
  if (isMesocosmError(error)) return error
  const { ErrorReply } = await import('@redis/client')
  return error instanceof ErrorReply || error instanceof TypeError
    ? error
    : unreachable(name, error)
}
