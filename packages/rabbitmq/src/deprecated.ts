/* Former names of exported types, which other packages export as well. */
import type { RabbitArguments } from './definitions.ts'
import type { RabbitMessageMatch } from './message.ts'
import type { RabbitTarget } from './publish.ts'
import type { RabbitSetting } from './settings.ts'
import type { RabbitSource, RabbitSubscription } from './subscription.ts'

/** @deprecated Use {@link RabbitArguments}. */
export type Arguments = RabbitArguments
/** @deprecated Use {@link RabbitMessageMatch}. */
export type MessageMatch = RabbitMessageMatch
/** @deprecated Use {@link RabbitSetting}. */
export type Setting = RabbitSetting
/** @deprecated Use {@link RabbitSource}. */
export type Source = RabbitSource
/** @deprecated Use {@link RabbitSubscription}. */
export type Subscription = RabbitSubscription
/** @deprecated Use {@link RabbitTarget}. */
export type Target = RabbitTarget
