/* Former names of exported types, which other packages export as well. */
import type { RedisSetOptions } from './redis-client.ts'
import type { RedisSetting } from './settings.ts'
import type { RedisMessageMatch, RedisSubscription } from './subscription.ts'

/** @deprecated Use {@link RedisMessageMatch}. */
export type MessageMatch = RedisMessageMatch
/** @deprecated Use {@link RedisSetOptions}. */
export type SetOptions = RedisSetOptions
/** @deprecated Use {@link RedisSetting}. */
export type Setting = RedisSetting
/** @deprecated Use {@link RedisSubscription}. */
export type Subscription = RedisSubscription
