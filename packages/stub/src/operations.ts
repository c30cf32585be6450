import type { StubFault, StubSource } from './wire.ts'

/** Types of one operation, as `mesocosm gen` writes them. */
export interface StubOperation {
  /** Parameters of the path by name. */
  readonly params: object
  /** Parameters of the query by name. */
  readonly query: object
  /** Body of a request. */
  readonly body: unknown
  /** What may be answered. */
  readonly answer: StubAnswer
}

/** What a handler answers with. */
export interface StubAnswer {
  /** Default: the lowest status from 200 to 299 that the document has. */
  readonly status?: number
  /** Headers. The content type is by default the first that the document has for the status. */
  readonly headers?: Readonly<Record<string, string>>
  /** JSON value, text, or bytes. Default none. */
  readonly body?: unknown
}

/** Operations of a service without generated types, by `METHOD /path` or operation id. */
export interface AnyStubOperation {
  /** Parameters of the path by name. */
  readonly params: Readonly<Record<string, unknown>>
  /** Parameters of the query by name. */
  readonly query: Readonly<Record<string, unknown>>
  /** Body of a request. */
  readonly body: unknown
  /** What may be answered. */
  readonly answer: StubAnswer
}

/** Operations by `METHOD /path` or operation id: the generated ones, else any name. */
export type StubOperations<G> = [keyof G] extends [never]
  ? Readonly<Record<string, AnyStubOperation>>
  : G

/** A request that a stub received. */
export interface StubRequest<O = AnyStubOperation> {
  /** Counts requests and calls of a lane; unique until the service is recreated. */
  readonly id: number
  /** When it was received, by the clock of the service. */
  readonly at: Date
  /** In upper case. */
  readonly method: string
  /** Path below that of the document's server, not decoded. */
  readonly path: string
  /** `POST /charges/{id}`; `undefined` if the document has no such operation. */
  readonly route: string | undefined
  /** Operation id of the route. */
  readonly operationId: string | undefined
  /** Parameters of the path, as their schemas describe them. */
  readonly params: Field<O, 'params'>
  /** Parameters of the query, as their schemas describe them; others as text. */
  readonly query: Field<O, 'query'>
  /** Headers, with names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  /** JSON and forms as values, text as a string, other bytes in base64; `undefined` for none. */
  readonly body: Field<O, 'body'>
  /** Status of the response; `undefined` before there is one, and for a dropped connection. */
  readonly status: number | undefined
  /** Who answered; `undefined` before there is a response. */
  readonly answeredBy: StubSource | undefined
  /** What the document does not allow; empty for a valid request. */
  readonly faults: readonly StubFault[]
}

/** Answers requests in the test. */
export type StubHandler<O> = (
  request: StubRequest<O>,
) => Field<O, 'answer'> | Promise<Field<O, 'answer'>>

// ---

type Field<O, F extends string> = O extends { readonly [K in F]: infer V } ? V : unknown
