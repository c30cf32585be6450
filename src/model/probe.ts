/** What must hold before a service counts as ready. Plain data; `engine/probe` makes it real. */
export type ProbeSpec = HttpProbe | TcpProbe | LogProbe | ExecProbe | HealthcheckProbe | AllProbe

interface Polled {
  /** Milliseconds between two tries; default 20. */
  readonly intervalMs?: number
}

/** Ready when a request to a published port is answered as expected. */
export interface HttpProbe extends Polled {
  readonly kind: 'http'
  readonly path: string
  /** Port name; default the service's first port. */
  readonly port?: string
  readonly method?: string
  /** Expected status; default any from 200 to 399. */
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  /** Text the body must contain. */
  readonly body?: string
  readonly tls?: boolean
}

/** Ready when something listens on the port. */
export interface TcpProbe extends Polled {
  readonly kind: 'tcp'
  /** Port name; default the service's first port. */
  readonly port?: string
  /** `outside`: a connection from the test's side; `inside`: a listening socket in the service's own network. Default `outside`. */
  readonly from?: 'inside' | 'outside'
}

/** Ready when a line of the log, written since this start, matches. */
export interface LogProbe {
  readonly kind: 'log'
  /** A substring, or the source of a regular expression when `flags` is given. */
  readonly pattern: string
  readonly flags?: string
  /** How many matching lines; default 1. */
  readonly times?: number
}

/** Ready when the command, run in the service, exits with 0. */
export interface ExecProbe extends Polled {
  readonly kind: 'exec'
  readonly argv: readonly string[]
}

/** Ready when the image's own health check says healthy. */
export interface HealthcheckProbe extends Polled {
  readonly kind: 'healthcheck'
}

/** Ready when all are. */
export interface AllProbe {
  readonly kind: 'all'
  readonly probes: readonly ProbeSpec[]
}
