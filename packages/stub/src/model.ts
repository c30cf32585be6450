/*
 * What an OpenAPI document is compiled to when a topology is declared. The server in the container, the methods of the
 * handle and `mesocosm gen` see only this: no references between files, one dialect of JSON Schema.
 */

/** JSON Schema 2020-12. References have the form `defs#/$defs/<name>`. */
export type Schema = boolean | { readonly [keyword: string]: unknown }

/** Operations of a document, and the schemas that they share. */
export interface StubModel {
  readonly title: string
  /** Path of the document's first server, without a slash at its end: `/v1`. */
  readonly basePath: string
  readonly operations: readonly Operation[]
  /** Requests that the described service sends: `webhooks`, and `callbacks` of its operations. */
  readonly events: readonly StubEvent[]
  readonly schemas: Readonly<Record<string, Schema>>
  readonly securitySchemes: Readonly<Record<string, SecurityScheme>>
}

/** One operation. */
export interface Operation {
  /** `POST /charges/{id}`: the key of everything about it. */
  readonly route: string
  readonly method: string
  readonly path: string
  readonly id?: string
  readonly summary?: string
  readonly parameters: readonly Parameter[]
  readonly body?: RequestBody
  /** By status: `201`, `4XX` or `default`. */
  readonly responses: Readonly<Record<string, ResponseModel>>
  /** Alternatives, each of them schemes that are needed together; none if there is no entry. */
  readonly security: readonly (readonly string[])[]
}

/** Where a parameter is. */
export type ParameterPlace = 'path' | 'query' | 'header' | 'cookie'

/** One parameter. */
export interface Parameter {
  readonly name: string
  readonly in: ParameterPlace
  readonly required: boolean
  readonly style: string
  readonly explode: boolean
  readonly schema: Schema
  /** The value is JSON in a string: `content: { application/json: … }`. */
  readonly json?: true
}

/** Body of a request. */
export interface RequestBody {
  readonly required: boolean
  /** By media type or range, `application/*`. */
  readonly content: Readonly<Record<string, Media>>
}

/** A body in one media type. */
export interface Media {
  readonly schema?: Schema
  /** In the order of the document; the one of `example` is named `default`. */
  readonly examples: readonly { readonly name: string; readonly value: unknown }[]
}

/** One response. */
export interface ResponseModel {
  readonly headers: Readonly<
    Record<string, { readonly required: boolean; readonly schema: Schema }>
  >
  readonly content: Readonly<Record<string, Media>>
}

/** A webhook or callback. */
export interface StubEvent {
  readonly name: string
  readonly method: string
  readonly body?: RequestBody
}

/** How a client identifies itself. Values are not checked. */
export type SecurityScheme =
  | { readonly kind: 'key'; readonly in: 'header' | 'query' | 'cookie'; readonly name: string }
  | { readonly kind: 'http'; readonly scheme: string }
  | { readonly kind: 'none' }

/** Start of every reference between schemas. */
export const definitions = 'defs#/$defs/'
