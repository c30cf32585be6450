/** Limits of the Control API of a lane. They keep a faulty or hostile client from harming the run. */
export interface ControlLimits {
  /** Bytes of a request body; default 8 MiB. */
  readonly bodyBytes: number
  /** Levels of arrays and objects in a request body; default 32. */
  readonly bodyDepth: number
  /** Requests that are answered at the same time; more get 429. Default 64. */
  readonly requests: number
  /** Open connections; more are closed. Default 1 024. */
  readonly connections: number
  /** Milliseconds that the head of a request may take; default 10 000. */
  readonly headMs: number
  /** Milliseconds that a whole request may take; default 30 000. */
  readonly requestMs: number
  /** Milliseconds that a client may leave an answer unread; default 60 000. */
  readonly unreadMs: number
}

/** The limits of a lane's Control API. */
export const defaultLimits: ControlLimits = {
  bodyBytes: 8 * 1024 * 1024,
  bodyDepth: 32,
  requests: 64,
  connections: 1024,
  headMs: 10_000,
  requestMs: 30_000,
  unreadMs: 60_000,
}
