import { createHash } from 'node:crypto'
import { relative } from 'node:path'
import {
  type AnyTopology,
  beginTest,
  type Handles,
  type Lane,
  type OpenLane,
  openLane,
  type TestScope,
} from 'mesocosm/runner'
import { test as base, expect, type TestAPI, vi } from 'vitest'

export interface CreateTestOptions {
  /**
   * Milliseconds a test may take, with the start of the services it asks for; default 120 000,
   * or Vitest's own `testTimeout` where that is more.
   */
  readonly timeoutMs?: number
}

/** What every test of a topology can ask for: its services, and the lane they live in. */
export type Fixtures<T extends AnyTopology> = Handles<T> & { readonly lane: Lane<T> }

export interface TopologyTest<T extends AnyTopology> {
  readonly test: TestAPI<Fixtures<T>>
  readonly expect: typeof expect
}

/**
 * A `test` whose fixtures are the services of a topology. A service is started when a test first asks for it,
 * with all it needs; between tests the lane is reset to what was declared, also its data. A retry gets everything anew.
 * A failing test's error ends with the last log lines of the services it asked for.
 *
 * Lanes are leased by worker slot: test files that run in parallel never share one.
 *
 * @example
 * export const { test, expect } = createTest(topology)
 * test('sign-up is closed', async ({ api }) => { … })
 */
export const createTest = <T extends AnyTopology>(
  topology: T,
  { timeoutMs = 120_000 }: CreateTestOptions = {},
): TopologyTest<T> => {
  // Fixtures are set up within a test's time, and the first one may build images.
  vi.setConfig({ testTimeout: timeoutMs, hookTimeout: timeoutMs })
  // Fixtures are set up one after the other. Services are mostly declared after what they need: begun with the last,
  // one plan starts most of what a test asks for, side by side.
  const services = Object.keys(topology.definition.services).toReversed()
  const fixtures: Record<string, unknown> = {
    // The file's scope, not the worker's: Vitest starts the next worker of a slot while the last one still cleans up.
    mesocosmLane: [
      // biome-ignore lint/correctness/noEmptyPattern: Vitest reads the names of fixtures off this pattern
      async ({}, use: (open: FileLane) => Promise<void>) => {
        const open = await openLane(topology, { services: [], client: 'vitest' })
        await use({ open, tests: 0 })
        await open.release()
      },
      { scope: 'file' },
    ],
    mesocosmTest: async (
      { mesocosmLane, task, onTestFailed }: Needs,
      use: (scope: TestScope) => Promise<void>,
    ) => {
      const retry = task.result?.retryCount ?? 0
      const titlePath = titles(task)
      const file = relative(process.cwd(), task.file.filepath)
      const first = mesocosmLane.tests++ === 0
      const scope = await beginTest(
        mesocosmLane.open,
        { id: idOf([task.file.projectName ?? '', file, ...titlePath]), retry, file, titlePath },
        { first },
      )
      let error: string | undefined
      onTestFailed(({ task: failed }) => {
        error = failed.result?.errors?.[0]?.message ?? 'failed'
        const lines = scope.lastLogs()
        if (lines.length > 0) appendTo(failed.result?.errors, lines)
      })
      await use(scope)
      scope.end(error === undefined ? { status: 'passed' } : { status: 'failed', error })
    },
    lane: async ({ mesocosmLane, mesocosmTest: _ }: Needs, use: (lane: unknown) => Promise<void>) =>
      use(mesocosmLane.open.lane),
  }
  for (const service of services)
    fixtures[service] = async (
      { mesocosmLane, mesocosmTest }: Needs,
      use: (handle: unknown) => Promise<void>,
    ) => {
      mesocosmTest.touch(service)
      const { lane } = mesocosmLane.open
      await lane.start(service as never)
      await use((lane.services as Readonly<Record<string, unknown>>)[service])
    }
  return { test: base.extend(fixtures as never) as unknown as TestAPI<Fixtures<T>>, expect }
}

interface FileLane {
  readonly open: OpenLane<AnyTopology>
  tests: number
}

interface Task {
  readonly name: string
  readonly suite?: Task | undefined
  readonly file: { readonly filepath: string; readonly projectName?: string | undefined }
  readonly result?: { readonly retryCount?: number; readonly errors?: TestErrorLike[] }
}

interface TestErrorLike {
  message: string
  stack?: string
}

interface Needs {
  readonly mesocosmLane: FileLane
  readonly mesocosmTest: TestScope
  readonly task: Task
  readonly onTestFailed: (listener: (context: { readonly task: Task }) => void) => void
}

const titles = (task: Task): string[] =>
  task.suite === undefined || task.suite.name === ''
    ? [task.name]
    : [...titles(task.suite), task.name]

const idOf = (path: readonly string[]) =>
  createHash('sha1').update(path.join('\0')).digest('hex').slice(0, 16)

/** Reporters print the message, and take the place from the stack: both must say the same. */
const appendTo = (errors: TestErrorLike[] | undefined, lines: readonly string[]) => {
  const last = errors?.at(-1)
  if (last === undefined) return
  const text = `\n\nlast log lines of the services it asked for:\n${lines.map((line) => `  ${line}`).join('\n')}`
  if (last.stack?.includes(last.message))
    last.stack = last.stack.replace(last.message, () => last.message + text)
  last.message += text
}
