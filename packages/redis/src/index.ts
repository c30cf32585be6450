import { definePlugin, log, self, tcp } from 'mesocosm'
import { ownServer } from './own-server.ts'
import { createRedisClient } from './redis-client.ts'
import { type Setting, settingsFile } from './settings.ts'
import { sharedServer } from './shared-server.ts'

export type { MessageMatch } from './arrivals.ts'
export type { RedisArgument, RedisClient, RedisReply, SetOptions } from './redis-client.ts'
export type { Setting } from './settings.ts'
export type { Subscription } from './subscription.ts'

export interface RedisOptions {
  /** Default `redis:8`; any image that keeps the official one's contract, version 7 or later. */
  readonly image?: string
  /**
   * `lane`: a server a lane, so that everything of Redis can be used, stopped and changed. `run`: one server, where a
   * lane is a user who can touch only keys and channels that begin with the output `prefix`. Default `lane`.
   */
  readonly share?: 'lane' | 'run'
  /** Default none with a server a lane, `redis-password` on a shared one. */
  readonly password?: string
  /** More server settings, such as `{ 'maxmemory-policy': 'allkeys-lru' }`; they win over ours. */
  readonly settings?: Readonly<Record<string, Setting>>
}

/** Nothing is kept on disk, and the tasks of this package may load snapshots. */
const fastSettings: Readonly<Record<string, Setting>> = {
  bind: '* -::*',
  'protected-mode': false,
  save: '',
  appendonly: false,
  'enable-debug-command': 'local',
}

/**
 * Redis: outputs `url, host, port, username, password, prefix`; the handle has `command()`, `get()`, `set()`, `del()`,
 * `keys()`, `clear()`, `publish()` and `subscribe()`, all under the lane's prefix.
 *
 * With `share: 'run'` the services have to put `prefix` before every key and channel; what concerns other lanes
 * (`FLUSHALL`, `FLUSHDB`, `KEYS`, `DBSIZE`, `FUNCTION`, other databases, administration) is refused.
 */
export const redis = definePlugin({
  name: 'redis',
  service: ({ image = 'redis:8', share = 'lane', password, settings = {} }: RedisOptions = {}) => {
    const kind =
      share === 'run' ? sharedServer(password ?? 'redis-password') : ownServer(password ?? '')
    const all = { ...fastSettings, ...kind.settings, ...settings }
    return {
      image,
      command: ['redis-server', '/mesocosm/redis.conf'],
      ports: { redis: { port: 6379, scheme: 'redis' } },
      // A server that loads data listens long before it answers, and says when it does unless it is told to be silent.
      ready:
        'loglevel' in all || 'logfile' in all ? tcp('redis') : log('Ready to accept connections'),
      share,
      files: [
        { content: settingsFile(all), to: '/mesocosm/redis.conf', mode: 0o644 },
        ...kind.files,
      ],
      outputs: {
        ...kind.outputs,
        url: ['redis://', ...kind.account, self('redis.host'), ':', self('redis.port')],
      },
      tasks: kind.tasks,
    }
  },
  client: (service) => createRedisClient(service),
})
