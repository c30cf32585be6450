import type { SecretPart, TaskPlan, Template } from 'mesocosm'
import type { Setting } from './settings.ts'

/** What is different between a server a lane and one for all. */
export interface ServerKind {
  readonly settings: Readonly<Record<string, Setting>>
  readonly files: readonly {
    readonly content: string
    readonly to: string
    readonly mode?: number
  }[]
  readonly outputs: {
    readonly username: Template
    readonly password: Template
    /** What the lane has to put before every key and channel. */
    readonly prefix: Template
  }
  /** User and password as they stand in the URL. */
  readonly account: readonly (string | SecretPart | { readonly ref: string })[]
  readonly tasks: TaskPlan
}
