/** When a service is ready, as data; `engine/probe` runs it. */
export type ProbeSpec = HttpProbe | TcpProbe | LogProbe | ExecProbe | HealthcheckProbe | AllProbe

interface Polled {
  /** Milliseconds between two attempts; default 20. */
  readonly intervalMs?: number
}

/** Ready when a request to a port is answered as expected. */
export interface HttpProbe extends Polled {
  readonly kind: 'http'
  /** Path, starts with a slash. */
  readonly path: string
  /** Port name; default the service's first port. */
  readonly port?: string
  /** Default `GET`. */
  readonly method?: string
  /** Expected status; default any from 200 to 399. */
  readonly status?: number
  /** Headers of the request; default none. */
  readonly headers?: Readonly<Record<string, string>>
  /** Substring that the body must contain; default none. */
  readonly body?: string
  /** `true`: `https`, with any certificate. Default `false`. */
  readonly tls?: boolean
}

/** Ready when something listens on the port. */
export interface TcpProbe extends Polled {
  readonly kind: 'tcp'
  /** Port name; default the service's first port. */
  readonly port?: string
  /** `outside`: tries to connect to the published port; `inside`: looks for a listening socket in the service. Default `outside`. */
  readonly from?: 'inside' | 'outside'
}

/** Ready when a line of the log matches. Lines of earlier starts do not count. */
export interface LogProbe {
  readonly kind: 'log'
  /** A substring, or the source of a regular expression if `flags` is set. */
  readonly pattern: string
  /** Flags of the regular expression; `''` for none. */
  readonly flags?: string
  /** Number of lines that must match; default 1. */
  readonly times?: number
}

/** Ready when a program that runs in the service exits with code 0. */
export interface ExecProbe extends Polled {
  readonly kind: 'exec'
  /** Program and arguments, one string each; no shell. */
  readonly argv: readonly string[]
}

/** Ready when the image's own health check reports healthy. */
export interface HealthcheckProbe extends Polled {
  readonly kind: 'healthcheck'
}

/** Ready when all of the probes are. */
export interface AllProbe {
  readonly kind: 'all'
  /** The probes. */
  readonly probes: readonly ProbeSpec[]
}
