import type { Channel, ChannelModel, ConfirmChannel } from 'amqplib'
import { isMesocosmError, MesocosmError, type PluginService, type WaitOptions } from 'mesocosm'
import { isError, keepConnection, unreachable, withTimeout } from 'mesocosm/plugin'

/** The server that the clients of one handle connect to. */
export type RabbitService = Pick<PluginService, 'name' | 'onRelease'> & {
  /** Address; another one after the service was recreated. */
  readonly url: () => string
}

/** Channels on the connection that all calls share. */
export interface Connection {
  /**
   * Opens a channel.
   *
   * @throws {MesocosmError} `SERVICE_CLIENT_FAILED`, `TIMEOUT` after 10 000 ms or `options.timeoutMs`, `ABORTED`.
   */
  channel(options?: WaitOptions): Promise<ConfirmChannel>
  /** Does `work` with a channel and closes it. Throws the same, also for what the server refuses. */
  use<T>(
    what: string,
    options: WaitOptions | undefined,
    work: (channel: ConfirmChannel) => Promise<T>,
  ): Promise<T>
}

/** Returns the connection of a handle. Nothing connects before the first call. */
export const createConnection = (service: RabbitService): Connection => {
  const { name } = service
  const kept = keepConnection({
    service,
    open: () => connect(service),
    // Not waited for, because a server that is paused does not answer.
    close: ({ model }) => void model.close().catch(closedAlready),
    isOpen: ({ isOpen }) => isOpen,
    inOrder: true,
  })
  const channel: Connection['channel'] = (options) =>
    kept
      .use(`opening a channel on ${name}`, options, ({ model }) => createChannel(model))
      .catch((error: unknown) => {
        throw failed(name, error)
      })
  return {
    channel,
    async use(what, options, work) {
      const opened = await channel(options)
      try {
        return await withTimeout(`${what} on ${name}`, options, () => work(opened))
      } catch (error) {
        throw failed(name, error)
      } finally {
        await closed(opened)
      }
    },
  }
}

/** Closes a channel. Resolves when the server has taken back what was not acknowledged, or does not answer. */
export const closed = async (channel: Channel): Promise<void> => {
  const closing = channel.close().catch(closedAlready)
  await withTimeout('closing a channel', { timeoutMs: 1_000 }, () => closing).catch(() => {})
}

/** Returns what is thrown for an error of the client: what the server refused, or that it does not answer. */
export const failed = (service: string, error: unknown): unknown => {
  if (isMesocosmError(error) || isError(error, 'TypeError')) return error
  const { message = String(error), code } = error as { message?: string; code?: unknown }
  return typeof code === 'number'
    ? refused(service, message, code, error)
    : unreachable(service, error)
}

/** What to do about an exchange, queue or binding that is missing. */
export const declareRemedy =
  'declare it in the service that uses it, before that is ready, or by definitions of the plugin'

// ---

/** A reset does not take what the handle uses for what services use. */
const connectionName = 'mesocosm'

const refused = (service: string, message: string, replyCode: number, cause: unknown) =>
  new MesocosmError({
    code: 'SERVICE_CLIENT_FAILED',
    message: `${service} refused it: ${message}`,
    remedy: replyCode === 404 ? declareRemedy : `check lane.services.${service}.logs.text()`,
    facts: { service, replyCode },
    cause,
  })

const connect = async ({ url }: RabbitService) => {
  // Loaded at the first use, because many tests only need the address.
  const { connect } = await import('amqplib')
  const clientProperties = { connection_name: connectionName }
  const model = await connect(url(), { noDelay: true, clientProperties })
  const connection = { model, isOpen: true }
  // Callers get the rejection of what they wait for, or the end of their channel.
  model.on('error', () => {})
  model.on('close', () => {
    connection.isOpen = false
  })
  return connection
}

const createChannel = async (connection: ChannelModel): Promise<ConfirmChannel> => {
  const channel = await connection.createConfirmChannel()
  channel.on('error', () => {})
  return channel
}

/** The server has closed it, and its calls have failed with the reason. */
const closedAlready = () => {}
