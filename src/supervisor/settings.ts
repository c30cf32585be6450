/** Every setting that the supervisor reads from its environment, once, at its start. */
export interface Settings {
  /** `MESOCOSM_GRACE_MS`: how long it stays when the last client has gone; default 5 000. */
  readonly graceMs: number
  /** `MESOCOSM_PARALLEL`: engine calls at once; default one more than the engine has CPUs, at least 3. */
  readonly parallel: number | undefined
}

/** Reads the settings; unset and invalid values get their defaults. */
export const readSettings = (env: NodeJS.ProcessEnv): Settings => ({
  graceMs: integerIn(env.MESOCOSM_GRACE_MS) ?? 5_000,
  parallel: integerIn(env.MESOCOSM_PARALLEL),
})

const integerIn = (text: string | undefined): number | undefined =>
  text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined
