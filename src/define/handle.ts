import type { AsymmetricMatcher } from '../model/asymmetric-matcher.ts'
import type { ExecResult } from '../model/exec.ts'
import type { LogLine } from '../model/log-line.ts'
import type { DebugOptions, ServiceDebug } from './debug.ts'
import type { Expectation, ExpectOptions, expectations } from './expectations.ts'

/** Options of everything that waits. */
export interface WaitOptions {
  /** Milliseconds before the call fails with `TIMEOUT`; each method names its default. */
  readonly timeoutMs?: number
  /** Aborts the call with `ABORTED`. */
  readonly signal?: AbortSignal
}

/**
 * Options of {@link BaseHandle.run}. `timeoutMs` is how long the program may take, default 30 000; the call takes at most
 * 8 000 more, while the program is killed.
 */
export interface RunOptions extends WaitOptions {
  /** User or `uid:gid` that the program runs as; default the service's. */
  readonly user?: string
  /** Working folder, absolute; default the service's. */
  readonly cwd?: string
  /** Environment variables in addition to the service's. */
  readonly env?: Readonly<Record<string, string>>
  /** Written to the program's stdin, which is then closed; default empty. */
  readonly stdin?: string
}

/** Options of {@link BaseHandle.stop} and {@link BaseHandle.restart}. */
export interface StopOptions extends WaitOptions {
  /** Milliseconds between SIGTERM and SIGKILL; default the service's `stopTimeoutMs`, else 2 000. */
  readonly graceMs?: number
}

/**
 * Options of {@link BaseHandle.withEnv} and {@link BaseHandle.setEnv}. The restore after `withEnv` has the same
 * `timeoutMs`, from its own start, and is not aborted by `signal`.
 */
export interface EnvOptions extends WaitOptions {
  /** `dependents`: also restarts the services that depend on this one, after it. Default `self`. */
  readonly restart?: 'self' | 'dependents'
}

/**
 * Options of {@link BaseHandle.swap}. The return of the container has the same `timeoutMs`, from its own start, and is
 * not aborted by `signal`.
 */
export interface SwapOptions extends WaitOptions {
  /** Program and arguments, one string each; no shell. `${PORT}` is the port to listen on. Default that of `local`. */
  readonly command?: readonly string[]
  /** Working folder, relative to the folder of the topology. Default that of `local`, else the build folder. */
  readonly cwd?: string
}

/**
 * A service's output, starting at a mark: the lease, the start of the test, or the last `clear()`. Lines are complete also
 * after the connection to the engine broke; where they could not be read again, the record has an entry `log.gap`.
 */
export interface ServiceLogs {
  /**
   * Returns all lines since the mark, joined by line feeds; a line that was cut is whole again. Works after the
   * service is gone, too.
   */
  text(): string
  /**
   * Returns all lines since the mark, oldest first; last, as `partial`, text without a line feed after which the
   * program paused, such as a prompt. A line of more than 256 KiB comes in several pieces, all but the last one `cut`.
   */
  lines(): LogLine[]
  /** Moves the mark to now; nothing is deleted. */
  clear(): void
  /**
   * Waits for a line that matches, and returns the first one since the mark. A prompt, text without a line feed after
   * which the program pauses, is a line, too.
   *
   * @param pattern a substring or a regular expression, matched against one line at a time.
   * @param options.timeoutMs default 10 000.
   * @throws {MesocosmError} `LOG_TIMEOUT` with the last lines that arrived, `ABORTED`, `SUPERVISOR_GONE`.
   */
  waitFor(pattern: string | RegExp, options?: WaitOptions): Promise<LogLine>
  /**
   * Iterates the lines since the mark, then new ones as they arrive, until the loop ends or the signal aborts. A line
   * without a line feed comes when it has ended.
   *
   * @throws {MesocosmError} `SUPERVISOR_GONE`.
   */
  follow(options?: { readonly signal?: AbortSignal }): AsyncIterable<LogLine>
  /** What `expect` can wait for. */
  readonly [expectations]: LogExpectations
}

/** What `expect` can wait for in the output of a service. */
export interface LogExpectations {
  /** A line that matches: a part of its text, or a pattern for it. With `.not` lines so far, or during `duringMs`. */
  toContainLine(
    pattern: string | RegExp | AsymmetricMatcher,
    options?: ExpectOptions,
  ): Expectation<LogLine>
}

/** The address of a named port, as the test reaches it. Throws `SERVICE_NOT_STARTED` while there is none. */
export interface PortHandle {
  /** Host name or IP address. */
  readonly host: string
  /** Port number on `host`; usually not the number in the topology. */
  readonly port: number
  /** `<scheme>://<host>:<port>`, with the scheme that the topology declares for the port. */
  readonly url: string
  /**
   * Sends a request to the port by the platform's `fetch`: `await api.http.fetch('/health')`. The header `traceparent`
   * names the running test, unless `init` has one. The record gets method, path, status, time and sizes; no bodies, and
   * no headers.
   *
   * @param path of the server, or a URL of it.
   * @param init as for `fetch`; there is no time limit but that of its `signal`.
   * @throws {MesocosmError} `SERVICE_CLIENT_FAILED` if there is no response, with the state of the service;
   * `SERVICE_NOT_STARTED`; `ARGUMENT_INVALID` for a URL of another server, and for a port whose scheme is not HTTP.
   * What `fetch` throws if the signal aborts.
   */
  fetch(path: string | URL, init?: RequestInit): Promise<Response>
}

/**
 * What every service in a lane can do. `EnvPatch` is the type that `withEnv` takes.
 * Methods that change a service throw `SERVICE_IN_USE` while another lane uses the same shared server. All methods
 * throw `ARGUMENT_INVALID`, with all faults, for arguments that they do not take; nothing is changed then.
 */
export interface BaseHandle<EnvPatch> extends AsyncDisposable {
  /** Name of the service in the topology, which is also its host name in the lane's network. */
  readonly name: string
  /** Host of the first declared port, as the test reaches it. Throws `SERVICE_NOT_STARTED` while there is none. */
  readonly host: string
  /** Number of the first declared port, as the test reaches it. Throws `SERVICE_NOT_STARTED` while there is none. */
  readonly port: number
  /** The service's output. */
  readonly logs: ServiceLogs

  /**
   * Runs a program in the running service and waits for it to end.
   *
   * @param argv program and arguments, one string each; no shell.
   * @param options.timeoutMs milliseconds before it is killed; default 30 000.
   * @returns exit code (also if it is not 0), stdout and stderr (UTF-8, at most 10 MiB each), durationMs;
   * `truncated` if a stream was longer than that.
   * @throws {ExecError} `EXEC_TIMEOUT`, `EXEC_NOT_FOUND`; {@link MesocosmError} `SERVICE_NOT_RUNNING`.
   * @see Docker Engine API, `POST /containers/{id}/exec`
   */
  run(argv: readonly string[], options?: RunOptions): Promise<ExecResult>

  /**
   * Recreates only this service with other environment variables and waits until it is ready at the same address.
   * Disposing the result restores the previous environment. No-op if the environment is unchanged.
   *
   * @param env variables to change; `undefined` unsets a variable, `secret(…)` keeps a value out of the record.
   * @throws {MesocosmError} what a start can throw; the previous environment is then restored.
   */
  withEnv(env: EnvPatch, options?: EnvOptions): Promise<AsyncDisposable>
  /** Does the same during `use`: restores the environment when it ends, and returns or throws what it does. */
  withEnv<T>(env: EnvPatch, use: () => T | Promise<T>, options?: EnvOptions): Promise<T>
  /** Changes the environment like `withEnv`, until the lane is reset. */
  setEnv(env: EnvPatch, options?: EnvOptions): Promise<void>

  /**
   * Lets debuggers attach to the program, by a loopback port of this machine that stays the same over restarts, changes
   * and resets, and prints how. Node programs are not started again; programs of other languages are, with their
   * debugger. While a debugger has paused the program, limits on waiting stand still, in the test as well.
   *
   * With `break`, resolves when a debugger has let the program go on and it is ready.
   *
   * @throws {MesocosmError} `DEBUGGER_UNAVAILABLE` if the service has no `debug`; `PORT_TAKEN`; what a start can throw.
   */
  debug(options?: DebugOptions): Promise<ServiceDebug>

  /**
   * Lets a process of this machine take the place of the service's container: its `local` command, or the given one.
   * Returns when it is ready at the same addresses, for the test and for other services. Environment, logs, `run` and all
   * other methods then are about the process. Disposing the result puts the container back; so does a reset.
   *
   * @throws {MesocosmError} `LOCAL_UNSUPPORTED` without a command; what a start can throw, and the container is then
   * put back.
   */
  swap(options?: SwapOptions): Promise<AsyncDisposable>
  /** Does the same during `use`: puts the container back when it ends, and returns or throws what it does. */
  swap<T>(use: () => T | Promise<T>): Promise<T>
  /** Does the same with options. */
  swap<T>(options: SwapOptions, use: () => T | Promise<T>): Promise<T>

  /** Ends the program, starts the same container again and waits until it is ready. Files and environment stay. */
  restart(options?: StopOptions): Promise<void>
  /** Ends the program: SIGTERM, and SIGKILL after `graceMs`. No-op if it is not running. */
  stop(options?: StopOptions): Promise<void>
  /** Starts a stopped or killed program and waits until it is ready. No-op if it is running. */
  start(options?: WaitOptions): Promise<void>
  /** Sends a signal, default `SIGKILL`, and waits for the program to end if it is that. Throws `SERVICE_NOT_RUNNING`. */
  kill(signal?: `SIG${string}`, options?: WaitOptions): Promise<void>
  /** Freezes all processes of the service: connections stay open, nothing answers. Throws `SERVICE_NOT_RUNNING`. */
  pause(options?: WaitOptions): Promise<void>
  /** Continues a paused service. Throws `SERVICE_NOT_RUNNING`. */
  unpause(options?: WaitOptions): Promise<void>
  /** Removes the service if `lane.add` started it; else a no-op. */
  [Symbol.asyncDispose](): PromiseLike<void>
}
