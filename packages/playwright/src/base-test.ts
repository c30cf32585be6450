import { type TestInfo, test } from '@playwright/test'
import { isDebugging, onDebuggerPause } from 'mesocosm/runner'
import type { TopologySource } from './topology-use.ts'
import { createWorker, type PlaywrightWorker } from './worker.ts'

/** Fixtures that belong to every `createTest` of a worker. */
export interface MesocosmArgs {
  /** What this worker process has leased; for the fixtures of services. */
  readonly mesocosmWorker: PlaywrightWorker
}

/**
 * The `test` that every topology extends. Its fixtures are declared once, so that test files with topologies of their
 * own share workers, and `mergeTests` works.
 */
export const base = test.extend<Automatic, MesocosmArgs>({
  mesocosmWorker: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of fixtures off this pattern
    async ({}, use) => {
      const worker = createWorker()
      await use(worker)
      await worker.close()
    },
    { scope: 'worker', box: true, timeout: 120_000, title: 'mesocosm' },
  ],
  // Without a limit of its own, which `setTimeout` would change instead of that of the test.
  mesocosmLimit: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of fixtures off this pattern
    async ({}, use, info) => {
      if (isDebugging()) info.setTimeout(0)
      // A debugger can be attached to a service at any time.
      using _watch = onDebuggerPause(() => info.setTimeout(0))
      await use(undefined)
    },
    { auto: true, box: true, title: 'mesocosm' },
  ],
  // Before all fixtures of a test, and cleaned up after them, also if one of them fails.
  mesocosmTest: [
    async ({ mesocosmWorker }, use, info) => {
      await mesocosmWorker.begin(info)
      await use(undefined)
      await mesocosmWorker.end(info)
    },
    { auto: true, box: true, timeout: isDebugging() ? 0 : 120_000, title: 'mesocosm' },
  ],
})

/** Returns the fixture of a service, or of the lane. */
export const serviceFixture = (source: TopologySource, service: string | undefined) => [
  async ({ mesocosmWorker }: MesocosmArgs, use: Use, info: TestInfo) =>
    use(await mesocosmWorker.use(source, info, service)),
  { scope: 'test', timeout: slotOf(source) },
]

// ---

/** Fixtures that every test has. */
interface Automatic {
  readonly mesocosmLimit: undefined
  readonly mesocosmTest: undefined
}

type Use = (value: unknown) => Promise<void>

/** Each wait within has its own limit and an error that names it; this one only ends what hangs. */
const slotOf = ({ options }: TopologySource): number => {
  const { timeoutMs = 120_000, imagesTimeoutMs = 1_800_000 } = options
  const sum = imagesTimeoutMs + 3 * timeoutMs + 60_000
  return timeoutMs === 0 || imagesTimeoutMs === 0 || sum > longestMs ? 0 : sum
}

/** Timers of Node cannot wait longer. */
const longestMs = 2_147_000_000
