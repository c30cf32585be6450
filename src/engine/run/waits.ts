/** How long the engine may take where the caller sets no limit, in milliseconds. */
export interface EngineWaits {
  /** For the background steps of a round, before the next one begins without them. Default 5 000. */
  readonly tidyMs: number
  /** The same, once they were late. Default 250. */
  readonly lateTidyMs: number
  /** For services to end in order at the end of a run, before they are removed without it. Default 10 000. */
  readonly orderlyMs: number
  /** For one removal of a clean-up, and for the list of what is left. Default 30 000. */
  readonly removalMs: number
}

/** Limits that a loaded machine keeps. */
export const defaultWaits: EngineWaits = {
  tidyMs: 5_000,
  lateTidyMs: 250,
  orderlyMs: 10_000,
  removalMs: 30_000,
}
