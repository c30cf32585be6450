/** What is known about the number of workers that use lanes at the same time. */
export interface ExpectedWorkers {
  /** `MESOCOSM_WORKERS`: how many there are. */
  readonly workers?: number
  /** How many the runner has at most, if it says so; few test files need fewer. */
  readonly maxWorkers?: number
}

/** Reads what the environment and the runner of this process say. */
export const expectedWorkers = (env: NodeJS.ProcessEnv = process.env): ExpectedWorkers => {
  const workers = countOf(Number(env.MESOCOSM_WORKERS))
  const maxWorkers = countOf(vitestWorkers())
  return {
    ...(workers === undefined ? {} : { workers }),
    ...(maxWorkers === undefined ? {} : { maxWorkers }),
  }
}

// ---

const countOf = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isInteger(value) && value > 0 ? value : undefined

/** Vitest keeps the configuration of a worker there; another version may not. */
const vitestWorkers = (): unknown =>
  (globalThis as { __vitest_worker__?: { config?: { maxWorkers?: unknown } } }).__vitest_worker__
    ?.config?.maxWorkers
