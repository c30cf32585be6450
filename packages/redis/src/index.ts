import { definePlugin, log, self, tcp } from 'mesocosm'
import { localForm } from './local-form.ts'
import { ownServer } from './own-server.ts'
import { createRedisClient } from './redis-client.ts'
import { type RedisSettings, settingsFile } from './settings.ts'
import { sharedServer } from './shared-server.ts'
import './matchers.ts'

export type { MessageMatch, SetOptions, Setting, Subscription } from './deprecated.ts'
export type { RedisArgument, RedisClient, RedisReply, RedisSetOptions } from './redis-client.ts'
export type { RedisSetting, RedisSettings } from './settings.ts'
export type { RedisExpectations, RedisMessageMatch, RedisSubscription } from './subscription.ts'

/** Options of {@link redis}. */
export interface RedisOptions {
  /** Image with the contract of the official one, version 7 or later. Default `redis:8`. */
  readonly image?: string
  /**
   * `lane`: one server per lane, with everything that Redis has; tests can stop and change it. `run`: one server, on which
   * each lane is a user who can use only keys and channels that begin with the output `prefix`. Default `lane`.
   */
  readonly share?: 'lane' | 'run'
  /** Password of each lane's user. Default none with a server per lane, `redis-password` on a shared one. */
  readonly password?: string
  /**
   * More server settings, such as `{ 'maxmemory-policy': 'allkeys-lru' }`; they override the plugin's. An array is a setting
   * that is given several times, as in `{ loadmodule: ['/opt/a.so', '/opt/b.so size 10'] }`.
   */
  readonly settings?: RedisSettings
  /** Modules (`.so` files), relative to the topology, that the server loads in addition to those of the image. Default none. */
  readonly modules?: readonly string[]
}

/** Nothing is kept on disk, and the plugin's tasks may load snapshots. */
const fastSettings: RedisSettings = {
  bind: '* -::*',
  'protected-mode': false,
  save: '',
  appendonly: false,
  'enable-debug-command': 'local',
}

/**
 * Declares a Redis server: outputs `url, host, port, username, password, prefix`; its handle has `command()`, `get()`,
 * `set()`, `del()`, `keys()`, `clear()`, `publish()` and `subscribe()`, all under the lane's prefix.
 *
 * With `share: 'run'` services must put `prefix` before every key and channel. What concerns other lanes (`FLUSHALL`,
 * `FLUSHDB`, `KEYS`, `DBSIZE`, `FUNCTION`, other databases, administration) is refused.
 */
export const redis = definePlugin({
  name: 'redis',
  service: ({
    image = 'redis:8',
    share = 'lane',
    password,
    settings = {},
    modules = [],
  }: RedisOptions = {}) => {
    const kind =
      share === 'run' ? sharedServer(password ?? 'redis-password') : ownServer(password ?? '')
    const loaded = modules.map((from, index) => ({ from, to: moduleAt(index), mode: 0o755 }))
    const basic: RedisSettings = { ...fastSettings, ...kind.settings, ...settings }
    const all: RedisSettings = {
      ...basic,
      ...(loaded.length === 0
        ? {}
        : { loadmodule: [settings.loadmodule ?? [], loaded.map(({ to }) => to)].flat(2) }),
    }
    return {
      image,
      command: ['redis-server', '/mesocosm/redis.conf'],
      ports: { redis: { port: 6379, scheme: 'redis' } },
      // A server that loads data listens long before it answers. It logs when it does, unless its log is changed.
      ready:
        'loglevel' in all || 'logfile' in all ? tcp('redis') : log('Ready to accept connections'),
      share,
      files: [
        { content: settingsFile(all), to: '/mesocosm/redis.conf', mode: 0o644 },
        ...kind.files,
        ...loaded,
      ],
      outputs: {
        ...kind.outputs,
        url: ['redis://', ...kind.account, self('redis.host'), ':', self('redis.port')],
      },
      tasks: kind.tasks,
      local: localForm({
        kind,
        settings: basic,
        modules,
        loadsOfImage: settings.loadmodule !== undefined,
      }),
    }
  },
  matchers: ['toHaveReceived'],
  client: (service) => createRedisClient(service),
})

// ---

const moduleAt = (index: number) => `/mesocosm/modules/${index}.so`
