import type { TestInfo } from '@playwright/test'
import type {
  AnyTopology,
  Lane,
  LaneOptions,
  RunnerFile,
  RunnerSession,
  RunnerTest,
  TestAttempt,
} from 'mesocosm/runner'
import { attachFailure } from './attach-failure.ts'
import { mark } from './mark.ts'
import { isFailure, resultOf } from './outcome.ts'

/** A topology that tests of a worker use. */
export interface TopologySource {
  readonly session: RunnerSession<AnyTopology>
  /** Folder of the topology. */
  readonly root: string
  readonly options: LaneOptions
}

/** An attempt of a test in this worker. */
export interface SeenTest {
  readonly info: TestInfo
  readonly test: RunnerTest
  /** Milliseconds since 1970. */
  readonly from: number
  to?: number
}

/** A topology while tests of one file use it. */
export interface TopologyUse {
  /** Path of the file. */
  readonly file: string
  /** Adds an attempt to the record, which then says how it ends. A second call is a no-op. */
  add(seen: SeenTest): void
  /** Returns the handle of a service, or the lane, for a running test. */
  forTest(seen: SeenTest, service: string | undefined): Promise<unknown>
  /** The same for a `beforeAll` hook that runs before this attempt. */
  forBeforeAll(seen: SeenTest, service: string | undefined): Promise<unknown>
  /** The same for a hook that runs after tests: nothing is reset. */
  forAfterAll(service: string | undefined): Promise<unknown>
  /** Ends an attempt's use of the lane; appends the last log lines to its error if it failed. */
  leave(seen: SeenTest): Promise<void>
  /** Records how attempts ended, except this one, which still runs. */
  settle(except?: TestInfo): void
  /** Records all attempts and gives the lane back. */
  close(): Promise<void>
}

/** Connects to the supervisor; a lane is leased when a test or hook first asks for one. */
export const openTopologyUse = async (
  { session, root, options }: TopologySource,
  file: string,
): Promise<TopologyUse> => {
  const runner = await session.openFile()
  const { timeoutMs = 120_000 } = options
  const limits = timeoutMs === 0 ? {} : { timeoutMs }
  const open = new Map<TestInfo, Entry>()
  const images = new Map<string, Promise<void>>()
  const hooked = new WeakSet<TestInfo>()
  let begun = false

  const imageOf = (service: string) => {
    const preparing = images.get(service) ?? session.prepareImages([service as never])
    images.set(service, preparing)
    return preparing
  }
  const add = (seen: SeenTest): Entry => {
    const entry = open.get(seen.info) ?? { seen }
    // A `beforeAll` hook runs before its attempt begins.
    entry.seen = seen
    if (!open.has(seen.info)) mark(seen.info, root)
    open.set(seen.info, entry)
    return entry
  }
  const attemptOf = (entry: Entry): TestAttempt<AnyTopology> => {
    if (entry.attempt !== undefined) return entry.attempt
    const { test } = entry.seen
    // Without resets, tests build on each other, also when all of them are tried again.
    const again = (test.retry ?? 0) > 0 && !(options.reset === 'none' && begun)
    begun = true
    entry.attempt = runner.announce({ ...test, afterFailure: again })
    return entry.attempt
  }
  const settle = (except?: TestInfo) => {
    for (const [info, { seen, attempt }] of open) {
      if (info === except) continue
      open.delete(info)
      const { from, to = Date.now() } = seen
      if (attempt === undefined) runner.recordTest(seen.test, resultOf(info), { from, to })
      else attempt.end(resultOf(info), to)
    }
  }
  return {
    file,
    add: (seen) => void add(seen),
    async forTest(seen, service) {
      const entry = add(seen)
      const attempt = attemptOf(entry)
      if (service !== undefined) await imageOf(service)
      entry.ready ??= attempt.ready()
      await entry.ready
      return service === undefined ? attempt.lane : await attempt.use(service as never, limits)
    },
    async forBeforeAll(seen, service) {
      add(seen)
      if (service !== undefined) await imageOf(service)
      // Only before the first service of the attempt: what hooks wrote since then must stay.
      const afterFailure = (seen.test.retry ?? 0) > 0 && !hooked.has(seen.info) && !begun
      hooked.add(seen.info)
      const services = service === undefined ? [] : [service]
      return inLane(await runner.prepare(services as never[], { afterFailure }), service)
    },
    forAfterAll: async (service) => inLane(laneOf(runner), service),
    async leave({ info }) {
      const attempt = open.get(info)?.attempt
      if (attempt === undefined) return
      await attempt.leave(isFailure(info) ? info.errors.at(-1) : undefined)
      attachFailure(info, attempt)
    },
    settle,
    async close() {
      settle()
      await runner.release()
    },
  }
}

// ---

interface Entry {
  seen: SeenTest
  attempt?: TestAttempt<AnyTopology>
  ready?: Promise<void>
}

const laneOf = (runner: RunnerFile<AnyTopology>): Lane<AnyTopology> => runner.lane

const inLane = (lane: Lane<AnyTopology>, service: string | undefined): unknown =>
  service === undefined
    ? lane
    : (lane.services as unknown as Readonly<Record<string, unknown>>)[service]
