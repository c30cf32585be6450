import type { z } from 'zod'
import type { Reply } from './http/respond.ts'
import type { LaneSession } from './lane-session.ts'

/** A request that was checked. */
export interface Asked<Q, B> {
  /** Names in the path, by their placeholder. */
  readonly params: Readonly<Record<string, string>>
  readonly query: Q
  readonly body: B
  readonly session: LaneSession
  /** Aborts when the client has gone or the lane's API ends. */
  readonly signal: AbortSignal
}

/** What a route answers with if all goes well. */
export interface Success {
  readonly status: 200 | 201 | 204
  /** Absent for an answer without a body. */
  readonly schema?: z.ZodType
  /** `lines`: one value of the schema per line. */
  readonly as?: 'lines' | 'document'
}

/** A route: it answers, and it is described. */
export interface Route<Q = never, B = never> {
  readonly id: string
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Such as `/v1/services/{name}/env`. */
  readonly path: string
  readonly summary: string
  readonly query?: z.ZodType<Q>
  /** Absent: a body is refused. */
  readonly body?: z.ZodType<B>
  /** Whether the body may be left out, as `{}`. */
  readonly bodyOptional?: boolean
  readonly success: Success
  handle(asked: Asked<Q, B>): Promise<Reply>
}

/** Returns a route whose query and body have the types of its schemas. */
export const route = <Q = undefined, B = undefined>(made: Route<Q, B>): Route => made as Route
