/** A request, parsed as far as routes need it. */
export interface Request {
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
  /** User name of its basic authentication; `''` without. */
  readonly user: string
  /** Returns the body parsed as JSON, `undefined` if it is empty. Throws `SyntaxError`. */
  json(): Promise<unknown>
}

/** A response. */
export interface Answer {
  readonly status: number
  readonly type: string
  readonly body: string | Buffer
  /** More headers. */
  readonly headers?: Readonly<Record<string, string>>
}

/** Requests of one method, and how they are answered. */
export interface Route {
  readonly method: string
  readonly path: RegExp
  /** `found`: the groups of `path`, decoded. */
  readonly answer: (request: Request, found: readonly string[]) => Answer | Promise<Answer>
}

/** Returns a route. */
export const route = (method: string, path: RegExp, answer: Route['answer']): Route => ({
  method,
  path,
  answer,
})

/** Returns a response in JSON. */
export const json = (value: unknown): Answer => ({
  status: 200,
  type: 'application/json',
  body: JSON.stringify(value),
})

/** Returns a response in plain text. */
export const text = (body: string, status = 200): Answer => ({
  status,
  type: 'text/plain; charset=utf-8',
  body,
})

/** The response to a request that succeeded without a result. */
export const ok: Answer = text('ok')

/** Returns the response to a request for something that is missing. */
export const notFound = (what = '404 page not found'): Answer => text(what, 404)

/** Returns the response to a request that failed. */
export const failed = (status: number, error: unknown): Answer =>
  text(error instanceof Error ? error.message : String(error), status)
