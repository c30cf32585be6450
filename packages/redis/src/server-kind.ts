import type { SecretPart, TaskPlan, Template } from 'mesocosm'
import type { RedisSettings } from './settings.ts'

/** What differs between a server per lane and one that lanes share. */
export interface ServerKind {
  /** Settings besides those that both kinds have. */
  readonly settings: RedisSettings
  /** Files of its tasks. */
  readonly files: readonly {
    readonly content: string
    readonly to: string
    readonly mode?: number
  }[]
  /** Outputs besides the address. */
  readonly outputs: {
    readonly username: Template
    readonly password: Template
    /** What services must put before every key and channel. */
    readonly prefix: Template
  }
  /** User and password, as a part of the URL. */
  readonly account: readonly (string | SecretPart | { readonly ref: string })[]
  /** Tasks for the lanes. */
  readonly tasks: TaskPlan
}
