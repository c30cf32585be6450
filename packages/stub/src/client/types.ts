import type { Expectation, ExpectOptions, GeneratedClient, WaitOptions } from 'mesocosm'
import type { AsymmetricMatcher, expectations } from 'mesocosm/plugin'
import type { StubHandler, StubOperations, StubRequest } from '../operations.ts'

/** How requests fail. Without `status` and `drop` they are answered as usual, after `delayMs`. */
export interface StubFailure {
  /** Status that is answered instead; with the body that the document has for it, if any. */
  readonly status?: number
  /** Headers of that response, such as `retry-after`. */
  readonly headers?: Readonly<Record<string, string>>
  /** Body of that response: a JSON value, or text. */
  readonly body?: unknown
  /** Milliseconds before the response. Default 0. */
  readonly delayMs?: number
  /** `connection`: it is reset without a response; `mid-body`: after headers and half of the body. */
  readonly drop?: 'connection' | 'mid-body'
  /** How many requests fail; default all. */
  readonly times?: number
}

/** Which requests are meant; all given fields must match. */
export interface StubMatch<R extends string = string> {
  /** `POST /charges` or operation id. */
  readonly route?: R
  /** In upper case. */
  readonly method?: string
  /** Whole path below that of the document's server, or a pattern. */
  readonly path?: string | RegExp
  /** Query parameters, of which the request may have more. */
  readonly query?: object
  /** Headers, of which the request may have more; a value may be a pattern. */
  readonly headers?: Readonly<Record<string, string | RegExp>>
  /** A value; of objects a part, at any depth, and of strings a pattern. Asymmetric matchers can be in it. */
  readonly body?: unknown
  /** Status of the response. */
  readonly status?: number
}

/** A webhook or callback to send. */
export interface StubEventOptions extends WaitOptions {
  /** URL of the receiver, as services of the lane reach it: `http://api:3000/webhooks`. */
  readonly to: string
  /** Default: the example of the document, or a value of its schema. Checked against the schema. */
  readonly body?: unknown
  /** Headers, such as a signature. */
  readonly headers?: Readonly<Record<string, string>>
}

/**
 * Methods of a stub. `R` has its operations, `options.timeoutMs` is by default 10 000. All throw `SERVICE_CLIENT_FAILED`,
 * `TIMEOUT`, `ABORTED`, and `ARGUMENT_INVALID` for a name that the document does not have.
 */
export interface StubClient<R = StubOperations<object>> {
  /**
   * Answers the requests of an operation by a function of the test, until the result is disposed, the lane is reset or the
   * service is stopped. The newest handler answers. Requests that the document does not allow are refused before.
   *
   * @throws {MesocosmError} at disposal, reset or the next call: `STUB_HANDLER_FAILED` if the handler threw, or
   * answered what the document does not allow. The service under test gets a status 500 then.
   */
  on<K extends keyof R & string>(
    route: K,
    handler: StubHandler<R[K]>,
    options?: WaitOptions,
  ): Promise<AsyncDisposable>
  /** Does the same during `use`, and returns what it returns. */
  on<K extends keyof R & string, T>(
    route: K,
    handler: StubHandler<R[K]>,
    use: () => T | Promise<T>,
    options?: WaitOptions,
  ): Promise<T>
  /**
   * Lets requests of an operation fail, until the result is disposed or the lane is reset. The newest failure counts.
   *
   * @param route an operation, or `*` for all requests.
   */
  fail(
    route: (keyof R & string) | '*',
    failure: StubFailure,
    options?: WaitOptions,
  ): Promise<AsyncDisposable>
  /** Does the same during `use`, and returns what it returns. */
  fail<T>(
    route: (keyof R & string) | '*',
    failure: StubFailure,
    use: () => T | Promise<T>,
    options?: WaitOptions,
  ): Promise<T>
  /** Returns the requests of an operation since the start or the last reset, oldest first; the last 10 000 are kept. */
  received<K extends keyof R & string>(
    route: K,
    options?: WaitOptions,
  ): Promise<readonly StubRequest<R[K]>[]>
  /** Returns the requests that match. @param match default all. */
  received(
    match?: StubMatch<keyof R & string> | ((request: StubRequest) => boolean),
    options?: WaitOptions,
  ): Promise<readonly StubRequest[]>
  /**
   * Returns the first request of an operation: one that was received, or the next.
   *
   * @throws {MesocosmError} `TIMEOUT` with a line for each of the last 20 requests that were received.
   */
  waitForRequest<K extends keyof R & string>(
    route: K,
    options?: WaitOptions,
  ): Promise<StubRequest<R[K]>>
  /** Returns the first request that matches. Throws the same. */
  waitForRequest(
    match: StubMatch<keyof R & string> | ((request: StubRequest) => boolean),
    options?: WaitOptions,
  ): Promise<StubRequest>
  /** Returns the requests that the document does not allow, with their `faults`. */
  violations(options?: WaitOptions): Promise<readonly StubRequest[]>
  /**
   * Sends a webhook or callback of the document from the network of the lane, and returns how the receiver answered.
   *
   * @param event name of the webhook or callback.
   */
  send(
    event: string,
    options: StubEventOptions,
  ): Promise<{ readonly status: number; readonly body: string }>
  /** Forgets requests, handlers and failures. */
  clear(options?: WaitOptions): Promise<void>
  /** What `expect` can wait for. */
  readonly [expectations]: StubExpectations<keyof R & string>
}

/** What `expect` can wait for in a stub. */
export interface StubExpectations<Route extends string = string> {
  /** A request of an operation, or one that matches; default any. */
  toHaveReceived(
    match?: Route | StubMatch<Route> | AsymmetricMatcher | ((request: StubRequest) => boolean),
    options?: ExpectOptions,
  ): Expectation<StubRequest>
}

/** The methods of a stub, typed by its document where `mesocosm gen` has read it. */
export interface GeneratedStubClient extends GeneratedClient {
  readonly methods: StubClient<StubOperations<this['generated']>>
}
