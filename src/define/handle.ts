import type { ExecResult } from '../model/exec.ts'
import type { LogLine } from '../model/log-line.ts'

/** Options of everything that waits. */
export interface WaitOptions {
  /** Milliseconds before `TIMEOUT`; the default is named at each method. */
  readonly timeoutMs?: number
  readonly signal?: AbortSignal
}

export interface RunOptions extends WaitOptions {
  readonly user?: string
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
  readonly stdin?: string
}

export interface StopOptions extends WaitOptions {
  /** Milliseconds between SIGTERM and SIGKILL; default the service's `stopTimeoutMs`, else 2 000. */
  readonly graceMs?: number
}

export interface EnvOptions extends WaitOptions {
  /** `dependents`: services that depend on this one are restarted after it. Default `self`. */
  readonly restart?: 'self' | 'dependents'
}

/** A service's output, from the mark that `clear()` or the start of the test set. */
export interface ServiceLogs {
  /** All lines since the mark, joined by line feeds. Read from the run's record: works after the service is gone. */
  text(): string
  lines(): LogLine[]
  /** Moves the mark to now; nothing is deleted. */
  clear(): void
  /**
   * The first line since the mark that matches, past ones included.
   * @throws {MesocosmError} `LOG_TIMEOUT` with the lines that did arrive; default after 10 000 ms.
   */
  waitFor(pattern: string | RegExp, options?: WaitOptions): Promise<LogLine>
  /** Lines since the mark, then new ones as they come, until the loop ends or the signal aborts. */
  follow(options?: { readonly signal?: AbortSignal }): AsyncIterable<LogLine>
}

/** Where a named port answers, as the test sees it. */
export interface PortHandle {
  readonly host: string
  readonly port: number
  readonly url: string
}

/** What every service in a lane can do, whatever it is. `EnvPatch` is what `withEnv` takes. */
export interface BaseHandle<EnvPatch> extends AsyncDisposable {
  readonly name: string
  /** Host and number of the first declared port, as the test sees it. Throws `SERVICE_NOT_STARTED` where there is none. */
  readonly host: string
  readonly port: number
  readonly logs: ServiceLogs

  /**
   * Runs a program in the running service and waits for it to end.
   *
   * @param argv program and arguments, one string each; no shell.
   * @param options.timeoutMs milliseconds before it is killed; default 30 000.
   * @returns exit code (also when it is not 0), stdout and stderr (UTF-8, at most 10 MiB each), durationMs.
   * @throws {ExecError} `EXEC_TIMEOUT`, `EXEC_NOT_FOUND`; {@link MesocosmError} `SERVICE_NOT_RUNNING`.
   * @see Docker Engine API, `POST /containers/{id}/exec`
   */
  run(argv: readonly string[], options?: RunOptions): Promise<ExecResult>

  /**
   * Recreates only this service with these variables over the declared ones; same address, ready on return.
   * The former environment comes back when the returned object is disposed or `use` has ended.
   * `undefined` takes a variable away. The same environment causes nothing.
   */
  withEnv(env: EnvPatch, options?: EnvOptions): Promise<AsyncDisposable>
  withEnv<T>(env: EnvPatch, use: () => T | Promise<T>, options?: EnvOptions): Promise<T>
  /** Like `withEnv`, until the lane is reset. */
  setEnv(env: EnvPatch, options?: EnvOptions): Promise<void>

  /** Ends the program and starts the same container again: its files stay, its environment too. */
  restart(options?: StopOptions): Promise<void>
  stop(options?: StopOptions): Promise<void>
  /** Starts a stopped or killed program and waits until it is ready. */
  start(options?: WaitOptions): Promise<void>
  /** Sends a signal, default `SIGKILL`, and waits for the end if it was `SIGKILL`. */
  kill(signal?: `SIG${string}`): Promise<void>
  pause(): Promise<void>
  unpause(): Promise<void>
}
