import type { PluginService, WaitOptions } from 'mesocosm'
import { createConnection } from './connection.ts'
import { openSubscription, type Subscription } from './subscription.ts'

/** A part of a command; a number is sent as its text. */
export type RedisArgument = string | number | Uint8Array

/** What the server answers, as `@redis/client` gives it: a map is an object, binary data is read as UTF-8. */
export type RedisReply =
  | string
  | number
  | boolean
  | null
  | RedisReply[]
  | { [field: string]: RedisReply }

export interface SetOptions {
  /** Milliseconds to live; default for ever. */
  readonly ttlMs?: number
}

/**
 * The methods of a Redis handle. Names of keys and channels are those that the services use without the lane's prefix:
 * every method but `command()` puts it before them, and takes it off what it returns.
 *
 * What the server refuses is thrown as `ErrorReply` of `@redis/client`; a server that does not answer as
 * `MesocosmError` `SERVICE_CLIENT_FAILED`, or `TIMEOUT` after 10 000 ms.
 */
export interface RedisClient {
  /** The name by which the server knows a key or channel: the lane's prefix and this. */
  key(name: string): string
  /**
   * Any command, sent as it is: `command('HGETALL', cache.key('cart'))`. Of a blocking one the block must be shorter than 10 s.
   *
   * @returns the reply; say its type where it is known: `command<number>('INCR', …)`.
   */
  command<Reply extends RedisReply = RedisReply>(
    name: string,
    ...parts: readonly RedisArgument[]
  ): Promise<Reply>
  /** A string's value; `null` when there is no such key. */
  get(key: string): Promise<string | null>
  set(key: string, value: RedisArgument, options?: SetOptions): Promise<void>
  /** @returns how many there were. */
  del(...keys: string[]): Promise<number>
  /** Names of the lane's keys, sorted; only those that match a glob such as `orders:*`, when one is given. */
  keys(pattern?: string): Promise<string[]>
  /** Deletes all keys of the lane. */
  clear(): Promise<void>
  /** @returns how many subscribers got it. */
  publish(channel: string, message: RedisArgument): Promise<number>
  /** Listens to a channel from now on: Redis keeps no message for those who come late. */
  subscribe(channel: string, options?: WaitOptions): Promise<Subscription>
}

type Service = PluginService<'redis', 'url' | 'prefix'>

export const createRedisClient = ({ name, outputs, onRelease }: Service): RedisClient => {
  const place = { name, url: () => outputs.url, onRelease }
  const { use } = createConnection(place)
  const key = (short: string) => outputs.prefix + short
  const send = <Reply>(argv: readonly RedisArgument[]) =>
    use(String(argv[0]), (client) => client.sendCommand<Reply>(argv.map(sent)))
  const allKeys = (pattern: string) =>
    use('listing keys', async (client) => {
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
    subscribe: (channel, options) => openSubscription(place, key(channel), options),
  }
}

// ---

const sent = (part: RedisArgument): string | Buffer =>
  part instanceof Uint8Array
    ? Buffer.from(part.buffer, part.byteOffset, part.byteLength)
    : String(part)

/** As a part of a glob that matches only itself. */
const literally = (text: string): string => text.replace(/[[\]*?\\]/g, '\\$&')
