import type { Channel, ChannelModel, ConfirmChannel } from 'amqplib'
import { isMesocosmError, MesocosmError, type WaitOptions, within } from 'mesocosm'

/** Where the server answers, and when a connection to it has to be closed. */
export interface Place {
  readonly name: string
  readonly url: () => string
  readonly onRelease: (release: () => Promise<void>) => void
}

export interface Connection {
  /**
   * A channel of one's own on the kept connection, which is made where there is none.
   *
   * @throws {MesocosmError} `SERVICE_CLIENT_FAILED`, `TIMEOUT` after 10 000 ms or `options.timeoutMs`, `ABORTED`.
   */
  channel(options?: WaitOptions): Promise<ConfirmChannel>
  /** Does `work` with a channel and closes it. Throws the same, also for what the server refuses. */
  use<T>(
    what: string,
    work: (channel: ConfirmChannel) => Promise<T>,
    options?: WaitOptions,
  ): Promise<T>
}

/** `amqplib` is loaded at the first use: a test that only needs the address does not pay for it. */
export const createConnection = (place: Place): Connection => {
  let kept: Promise<ChannelModel> | undefined
  const open = (): Promise<ChannelModel> => {
    const opening = connect(place).then((connection) => {
      connection.on('close', () => forget(opening))
      return connection
    })
    // For each anew: a release is told once.
    place.onRelease(async () => forget(opening))
    opening.catch(() => forget(opening))
    return opening
  }
  const forget = (which: Promise<ChannelModel>) => {
    if (kept === which) kept = undefined
    void which.then(end, () => {})
  }
  const channel = async (options: WaitOptions = {}): Promise<ConfirmChannel> => {
    kept ??= open()
    const opening = kept
    try {
      const what = `opening a channel on ${place.name}`
      const opened = await within(what, options, () => opening.then(createChannel))
      return opened
    } catch (error) {
      // What is stuck would hold up all that follow.
      forget(opening)
      throw failed(place.name, error)
    }
  }
  return {
    channel,
    async use(what, work, options = {}) {
      const opened = await channel(options)
      try {
        return await within(`${what} on ${place.name}`, options, () => work(opened))
      } catch (error) {
        throw failed(place.name, error)
      } finally {
        await closed(opened)
      }
    },
  }
}

/** Resolves when the server has taken back what was not acknowledged, or does not answer. */
export const closed = async (channel: Channel): Promise<void> => {
  const closing = channel.close().catch(() => {
    // The server has closed it, which is why there is an error already.
  })
  await within('closing a channel', { timeoutMs: 1_000 }, () => closing).catch(() => {})
}

/** What the server or the connection said, with what to do about it. */
export const failed = (service: string, error: unknown): unknown => {
  if (isMesocosmError(error) || error instanceof TypeError) return error
  const { message = String(error), code } = error as { message?: string; code?: unknown }
  const refused = typeof code === 'number'
  return new MesocosmError({
    code: 'SERVICE_CLIENT_FAILED',
    message: refused
      ? `${service} refused it: ${message}`
      : `${service} does not answer: ${message}`,
    remedy:
      code === 404
        ? 'declare it: in the service that uses it, before that is ready, or by definitions of the plugin'
        : refused
          ? "see the server's log"
          : 'see in its log whether it runs; start() it again if the test has stopped it',
    facts: { service, ...(refused ? { replyCode: code } : {}) },
    cause: error,
  })
}

// ---

const connect = async ({ url }: Place): Promise<ChannelModel> => {
  const { connect } = await import('amqplib')
  const connection = await connect(url(), { noDelay: true })
  // Whoever waits for an answer is told by its rejection, or by the channel's end.
  connection.on('error', () => {})
  return connection
}

const createChannel = async (connection: ChannelModel): Promise<ConfirmChannel> => {
  const channel = await connection.createConfirmChannel()
  channel.on('error', () => {})
  return channel
}

const end = async (connection: ChannelModel): Promise<void> => {
  await connection.close().catch(() => {
    // It is closed already.
  })
}
