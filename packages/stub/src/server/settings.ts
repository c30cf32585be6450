/** Settings of the server, read once from its environment. */
export interface Settings {
  /** `STUB_PORT`; default 8080. */
  readonly port: number
  /** `STUB_HOST`, the address to listen at; default all. */
  readonly host: string | undefined
  /** `STUB_MODEL`, the file with the compiled document; default `/mesocosm/stub-model.json`. */
  readonly model: string
  /** `STUB_SHARED=1`: each lane has its own requests, handlers and failures below `/@<lane>`. */
  readonly shared: boolean
  /** `STUB_LANES`, the file that keeps the names of lanes over a restart; default `/tmp/mesocosm-stub-lanes.json`. */
  readonly lanes: string
}

/** Returns the settings of an environment. */
export const readSettings = (env: NodeJS.ProcessEnv): Settings => ({
  port: Number(env.STUB_PORT ?? 8080),
  host: env.STUB_HOST,
  model: env.STUB_MODEL ?? '/mesocosm/stub-model.json',
  shared: env.STUB_SHARED === '1',
  lanes: env.STUB_LANES ?? '/tmp/mesocosm-stub-lanes.json',
})
