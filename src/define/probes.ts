import type {
  AllProbe,
  ExecProbe,
  HealthcheckProbe,
  HttpProbe,
  LogProbe,
  TcpProbe,
} from '../model/probe.ts'

/** A probe that may name ports `P` only. */
export type Probe<P extends string = string> =
  | PortProbe<HttpProbe, P>
  | PortProbe<TcpProbe, P>
  | LogProbe
  | ExecProbe
  | HealthcheckProbe
  | AllOf<P>

/** A probe of a port: one of the ports `P`, or the service's first port. */
export type PortProbe<T, P extends string> = Omit<T, 'port'> & {
  /** Port name; default the service's first port. */
  readonly port?: P
}

/** @deprecated Use {@link PortProbe}. */
export type OnPort<T, P extends string> = PortProbe<T, P>

/** Several probes, all of which must hold. */
export interface AllOf<P extends string> extends Omit<AllProbe, 'probes'> {
  readonly probes: readonly Probe<P>[]
}

export type HttpOptions<P extends string = string> = Omit<PortProbe<HttpProbe, P>, 'kind' | 'path'>
export type TcpOptions = Omit<TcpProbe, 'kind' | 'port'>
export type LogOptions = Omit<LogProbe, 'kind' | 'pattern' | 'flags'>

/**
 * Ready when a GET of the path is answered with a status from 200 to 399.
 *
 * @param path with leading slash.
 * @param options port (name; default the first), method, status, headers, body (text it must contain), tls, intervalMs (default 20).
 */
export const http = <const P extends string = never>(
  path: string,
  options?: HttpOptions<P>,
): PortProbe<HttpProbe, NoInfer<P>> =>
  ({ kind: 'http', path, ...options }) as PortProbe<HttpProbe, P>

/**
 * Ready when something listens on the port.
 *
 * @param port name; default the service's first port.
 * @param options.from `outside` (default): a connection from the test's side; `inside`: a listening socket in the service's own network.
 */
export const tcp = <const P extends string = never>(
  port?: P,
  options?: TcpOptions,
): PortProbe<TcpProbe, NoInfer<P>> =>
  ({ kind: 'tcp', ...(port === undefined ? {} : { port }), ...options }) as PortProbe<TcpProbe, P>

/**
 * Ready when a line of stdout or stderr, written since this start, matches.
 *
 * @param pattern a substring or a regular expression.
 * @param options.times how many lines must match; default 1.
 */
export const log = (pattern: string | RegExp, options?: LogOptions): LogProbe => ({
  kind: 'log',
  ...(typeof pattern === 'string'
    ? { pattern }
    : { pattern: pattern.source, flags: pattern.flags }),
  ...options,
})

/** Ready when the program, run in the service without a shell, exits with 0. */
export const exec = (
  argv: readonly string[],
  options?: Omit<ExecProbe, 'kind' | 'argv'>,
): ExecProbe => ({ kind: 'exec', argv, ...options })

/** Ready when the image's own health check says healthy. */
export const healthcheck = (options?: Omit<HealthcheckProbe, 'kind'>): HealthcheckProbe => ({
  kind: 'healthcheck',
  ...options,
})

/** Ready when every one of the probes holds. */
export const all = <const P extends string = never>(...probes: Probe<P>[]): AllOf<NoInfer<P>> => ({
  kind: 'all',
  probes,
})
