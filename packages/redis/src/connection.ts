import type { RedisClientType } from '@redis/client'
import { isMesocosmError, type PluginService } from 'mesocosm'
import { isError, type KeptConnection, keepConnection, unreachable } from 'mesocosm/plugin'

/** The server that the clients of one handle connect to. */
export type RedisService = Pick<PluginService<'redis', 'url' | 'prefix'>, 'name' | 'onRelease'> & {
  /** Address; another one after the service was recreated. */
  readonly url: () => string
}

/** Returns the connection that commands share. What the server replies is thrown as it is, as an error of `@redis/client`. */
export const createConnection = (service: RedisService): KeptConnection<RedisClientType> => {
  // #region kept
  const kept = keepConnection<RedisClientType>({
    service,
    open: () => connect(service),
    close: disconnect,
    isOpen: ({ isReady }) => isReady,
    inOrder: true,
  })
  // #endregion
  return {
    use: (what, options, work, evidence) =>
      kept.use(what, options, work, evidence).catch(async (error: unknown) => {
        throw (await isReply(error)) ? error : unreachable(service.name, error)
      }),
  }
}

/** Opens a connection that ends for good when the server closes it. */
export const connect = async ({ name, url }: RedisService): Promise<RedisClientType> => {
  // Loaded at the first use, because many tests only need the address.
  const { createClient } = await import('@redis/client')
  const client: RedisClientType = createClient({
    url: url(),
    socket: { reconnectStrategy: false },
    disableOfflineQueue: true,
    disableClientInfo: true,
    maintNotifications: 'disabled',
  })
  // Callers get the rejection of what they wait for.
  client.on('error', () => {})
  try {
    await client.connect()
  } catch (error) {
    disconnect(client)
    throw unreachable(name, error)
  }
  // It must not keep the process alive: the timer of a waiting call does.
  client.unref()
  return client
}

/** Closes a connection, if it is open. */
export const disconnect = (client: RedisClientType): void => {
  if (client.isOpen) client.destroy()
}

// ---

/** Whether it is an error for the caller as it is, and not trouble with the connection. */
const isReply = async (error: unknown): Promise<boolean> => {
  if (isMesocosmError(error) || isError(error, 'TypeError')) return true
  const { ErrorReply } = await import('@redis/client')
  return error instanceof ErrorReply
}
