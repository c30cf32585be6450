import type { Json } from '../json/json.ts'
import type { Method } from './request-head.ts'

/** What follows the head of a request to the engine. */
export type EngineBody =
  | { readonly kind: 'none' }
  | { readonly kind: 'json'; readonly value: Json }
  /** The client's archive, chunk by chunk; at most `maxBytes`. */
  | { readonly kind: 'tar'; readonly maxBytes: number }

/** A request made of checked parts. */
export interface EngineRequest {
  /** Method of the request. */
  readonly method: Method
  /** API version, such as `1.44`; always part of the path. */
  readonly version: string
  /** Segments after the version, not encoded. */
  readonly path: readonly string[]
  /** Query, not encoded; each name once. */
  readonly query: readonly (readonly [name: string, value: string])[]
  /** What follows the head. */
  readonly body: EngineBody
  /** Whether to ask the engine for a raw stream. */
  readonly upgrade: boolean
}
