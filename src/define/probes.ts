import type {
  AllProbe,
  ExecProbe,
  HealthcheckProbe,
  HttpProbe,
  LogProbe,
  TcpProbe,
} from '../model/probe.ts'

/** How to find out whether a service is ready. `P` is the names of its ports. */
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
  /** The probes. */
  readonly probes: readonly Probe<P>[]
}

/** Options of {@link http}. */
export type HttpOptions<P extends string = string> = Omit<PortProbe<HttpProbe, P>, 'kind' | 'path'>
/** Options of {@link tcp}. */
export type TcpOptions = Omit<TcpProbe, 'kind' | 'port'>
/** Options of {@link log}. */
export type LogOptions = Omit<LogProbe, 'kind' | 'pattern' | 'flags'>

/**
 * Returns a probe that is ready when a GET of the path is answered with a status from 200 to 399.
 *
 * @param path starts with a slash.
 * @param options port (name; default the first), method, status, headers, body (must contain), tls, intervalMs (default 20).
 */
export const http = <const P extends string = never>(
  path: string,
  options?: HttpOptions<P>,
): PortProbe<HttpProbe, NoInfer<P>> =>
  ({ kind: 'http', path, ...options }) as PortProbe<HttpProbe, P>

/**
 * Returns a probe that is ready when something listens on the port.
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
 * Returns a probe that is ready when a line of stdout or stderr matches. Lines of earlier starts do not count.
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

/** Returns a probe that is ready when the program exits with code 0; it runs in the service, without a shell. */
export const exec = (
  argv: readonly string[],
  options?: Omit<ExecProbe, 'kind' | 'argv'>,
): ExecProbe => ({ kind: 'exec', argv, ...options })

/** Returns a probe that is ready when the image's own health check reports healthy. */
export const healthcheck = (options?: Omit<HealthcheckProbe, 'kind'>): HealthcheckProbe => ({
  kind: 'healthcheck',
  ...options,
})

/** Returns a probe that is ready when all of the probes are. */
export const all = <const P extends string = never>(...probes: Probe<P>[]): AllOf<NoInfer<P>> => ({
  kind: 'all',
  probes,
})
