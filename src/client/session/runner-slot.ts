import { isMainThread } from 'node:worker_threads'

/** Where this process is in a test runner. */
export interface RunnerSlot {
  /** Process of the runner, which all its workers share. */
  readonly runner: number
  /** The worker's slot, if the runner has slots. Only a hint: the next worker may start before the last one has ended. */
  readonly slot: string | undefined
}

/** Reads the marks that runners leave in their workers' environment. */
export const runnerSlot = (env: NodeJS.ProcessEnv = process.env): RunnerSlot => {
  const inside = isMainThread ? process.ppid : process.pid
  // Vitest: forks are child processes, threads share the process. Jest in band and Playwright set the same marks.
  if (env.VITEST_POOL_ID !== undefined)
    return { runner: inside, slot: `vitest-${env.VITEST_POOL_ID}` }
  if (env.TEST_PARALLEL_INDEX !== undefined)
    return { runner: process.ppid, slot: `playwright-${env.TEST_PARALLEL_INDEX}` }
  // Bun sets the mark of Jest, too, and starts its workers without a channel to them.
  if (env.BUN_TEST_WORKER_ID !== undefined)
    return { runner: process.ppid, slot: `bun-${env.BUN_TEST_WORKER_ID}` }
  if (env.JEST_WORKER_ID !== undefined)
    return {
      // Tests in band see a `process.send` that Jest adds.
      runner: process.connected ? inside : process.pid,
      slot: `jest-${env.JEST_WORKER_ID}`,
    }
  if (env.MOCHA_WORKER_ID !== undefined)
    return { runner: inside, slot: `mocha-${env.MOCHA_WORKER_ID}` }
  if (env.NODE_TEST_CONTEXT?.startsWith('child'))
    return { runner: process.ppid, slot: `node-${env.NODE_TEST_WORKER_ID ?? '1'}` }
  return { runner: process.pid, slot: undefined }
}
