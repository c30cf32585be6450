import type { PluginService, WaitOptions } from 'mesocosm'
import { createConnection } from './connection.ts'
import { openSubscription, type RedisSubscription } from './subscription.ts'

/** A part of a command. A number is sent in decimal. */
export type RedisArgument = string | number | Uint8Array

/** What the server answers, as `@redis/client` returns it: a map is an object, binary data is read as UTF-8. */
export type RedisReply =
  | string
  | number
  | boolean
  | null
  | RedisReply[]
  | { [field: string]: RedisReply }

/** Options of {@link RedisClient.set}. */
export interface RedisSetOptions {
  /** Milliseconds to live; default without end. */
  readonly ttlMs?: number
}

/**
 * The methods of a Redis handle. Names of keys and channels are those without the lane's prefix: every method but
 * `command()` adds it, and removes it from what it returns.
 *
 * They throw what the server refuses as `ErrorReply` of `@redis/client`, and {@link MesocosmError}
 * `SERVICE_CLIENT_FAILED` if it does not answer, or `TIMEOUT` after 10 000 ms.
 */
export interface RedisClient {
  /** Returns the name by which the server knows a key or channel: the lane's prefix and `name`. */
  key(name: string): string
  /**
   * Sends any command as it is: `command('HGETALL', cache.key('cart'))`. A blocking command must block for less than 10 s.
   *
   * @returns the reply; name its type where it is known: `command<number>('INCR', …)`.
   */
  command<Reply extends RedisReply = RedisReply>(
    name: string,
    ...parts: readonly RedisArgument[]
  ): Promise<Reply>
  /** Returns the value of a string; `null` if there is no such key. */
  get(key: string): Promise<string | null>
  /** Sets a string. */
  set(key: string, value: RedisArgument, options?: RedisSetOptions): Promise<void>
  /** Deletes keys, and returns how many there were. */
  del(...keys: string[]): Promise<number>
  /** Returns the names of the lane's keys, sorted; with a glob such as `orders:*` only those that match. */
  keys(pattern?: string): Promise<string[]>
  /** Deletes all keys of the lane. */
  clear(): Promise<void>
  /** Publishes a message, and returns how many subscribers got it. */
  publish(channel: string, message: RedisArgument): Promise<number>
  /** Listens to a channel from now on; Redis does not keep messages for later subscribers. `timeoutMs` is 10 000 by default. */
  subscribe(channel: string, options?: WaitOptions): Promise<RedisSubscription>
}

/** Makes the methods of a handle. Nothing connects before the first call. */
export const createRedisClient = ({
  name,
  outputs,
  onRelease,
}: PluginService<'redis', 'url' | 'prefix'>): RedisClient => {
  const service = { name, url: () => outputs.url, onRelease }
  const connection = createConnection(service)
  const key = (short: string) => outputs.prefix + short
  const send = <Reply>(argv: readonly RedisArgument[]) =>
    connection.use(`${argv[0]} on ${name}`, {}, (client) =>
      client.sendCommand<Reply>(argv.map(sent)),
    )
  const allKeys = (pattern: string) =>
    connection.use(`listing keys on ${name}`, {}, async (client) => {
      const found = new Set<string>()
      const MATCH = literally(outputs.prefix) + pattern
      for await (const names of client.scanIterator({ MATCH, COUNT: 1_000 }))
        for (const name of names) found.add(name)
      return [...found].sort()
    })
  return {
    key,
    command: (...argv) => send(argv),
    get: (short) => send(['GET', key(short)]),
    async set(short, value, { ttlMs } = {}) {
      await send(['SET', key(short), value, ...(ttlMs === undefined ? [] : ['PX', ttlMs])])
    },
    del: async (...keys) => (keys.length === 0 ? 0 : await send(['DEL', ...keys.map(key)])),
    keys: async (pattern = '*') =>
      (await allKeys(pattern)).map((full) => full.slice(outputs.prefix.length)),
    async clear() {
      if (outputs.prefix === '') await send(['FLUSHALL'])
      else {
        const keys = await allKeys('*')
        if (keys.length > 0) await send(['UNLINK', ...keys])
      }
    },
    publish: (channel, message) => send(['PUBLISH', key(channel), message]),
    subscribe: (channel, options) => openSubscription(service, key(channel), options),
  }
}

// ---

const sent = (part: RedisArgument): string | Buffer =>
  part instanceof Uint8Array
    ? Buffer.from(part.buffer, part.byteOffset, part.byteLength)
    : String(part)

/** Escapes a text for a glob that matches only this text. */
const literally = (text: string): string => text.replace(/[[\]*?\\]/g, '\\$&')
