import { isTraceMode, type TraceMode } from '../model/trace-mode.ts'

/** Every setting that the supervisor reads from its environment, once, at its start. */
export interface Settings {
  /** `MESOCOSM_GRACE_MS`: how long it stays when the last client has gone; default 5 000. */
  readonly graceMs: number
  /** `MESOCOSM_PARALLEL`: engine calls at once; default one more than the engine has CPUs, at least 3. */
  readonly parallel: number | undefined
  /** `MESOCOSM_LANES_AHEAD`: free lanes of a topology made before a client asks; default 1, 0 for none. */
  readonly lanesAhead: number
  /** `MESOCOSM_TRACE`: what is kept of the run if no client says it: `on`, `retain-on-failure` or `off`; default `on`. */
  readonly trace: TraceMode
  /**
   * `MESOCOSM_TRACE_LIMIT`: MiB of log lines and long output that the record of a run has; default 256. After that, only
   * the last lines of each service are kept.
   */
  readonly traceLimitMiB: number
}

/** Reads the settings; unset and invalid values get their defaults. */
export const readSettings = (env: NodeJS.ProcessEnv): Settings => ({
  graceMs: integerIn(env.MESOCOSM_GRACE_MS) ?? 5_000,
  parallel: integerIn(env.MESOCOSM_PARALLEL),
  lanesAhead: integerIn(env.MESOCOSM_LANES_AHEAD) ?? 1,
  trace: isTraceMode(env.MESOCOSM_TRACE) ? env.MESOCOSM_TRACE : 'on',
  traceLimitMiB: integerIn(env.MESOCOSM_TRACE_LIMIT) ?? 256,
})

const integerIn = (text: string | undefined): number | undefined =>
  text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined
