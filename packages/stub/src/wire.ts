/* What the server and the methods of the handle send each other. */

/** Start of paths that are not part of the described service. */
export const controlPrefix = '/_mesocosm/'

/** Something in a request or an answer that the document does not allow. */
export interface StubFault {
  /** The part that has the fault. */
  readonly in:
    | 'route'
    | 'security'
    | 'path'
    | 'query'
    | 'header'
    | 'cookie'
    | 'content-type'
    | 'body'
    | 'status'
  /** Name of a parameter or header, or JSON pointer into a body. */
  readonly at?: string
  /** What is wrong, such as `must be integer`. */
  readonly message: string
}

/** Who answered: a handler of a test, an example or a schema of the document, a declared failure, or a refusal. */
export type StubSource = 'handler' | 'example' | 'schema' | 'failure' | 'refusal'

/** A request as the server received it. */
export interface WireRequest {
  readonly id: number
  /** Milliseconds since 1970. */
  readonly at: number
  readonly method: string
  readonly path: string
  readonly route?: string
  readonly operationId?: string
  readonly params: Readonly<Record<string, unknown>>
  readonly query: Readonly<Record<string, unknown>>
  readonly headers: Readonly<Record<string, string>>
  readonly body?: unknown
  readonly status?: number
  readonly answeredBy?: StubSource
  readonly faults: readonly StubFault[]
}

/** What a handler answers with. */
export interface WireAnswer {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: unknown
  /** `body` is base64. */
  readonly binary?: true
}

/** How requests of a route fail. */
export interface WireFailure {
  readonly route?: string
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: unknown
  readonly delayMs?: number
  readonly drop?: 'connection' | 'mid-body'
  readonly times?: number
}

/** A line of the stream of a handler. */
export type HandlerLine =
  | { readonly kind: 'listening'; readonly handler: number }
  | { readonly kind: 'call'; readonly call: number; readonly request: WireRequest }

/** Returns a fault as a line: `body /amount: must be integer`. */
export const faultLine = ({ in: where, at, message }: StubFault): string =>
  `${[where, at].filter((part) => part !== undefined && part !== '').join(' ')}: ${message}`
