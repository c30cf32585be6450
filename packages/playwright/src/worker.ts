import type { TestInfo } from '@playwright/test'
import { isFailure, testOf } from './outcome.ts'
import {
  openTopologyUse,
  type SeenTest,
  type TopologySource,
  type TopologyUse,
} from './topology-use.ts'

/** What one worker process of Playwright has leased. */
export interface PlaywrightWorker {
  /** Begins an attempt of a test, before its fixtures are set up. */
  begin(info: TestInfo): Promise<void>
  /** Ends its use of lanes, after its fixtures are cleaned up. */
  end(info: TestInfo): Promise<void>
  /** Returns the handle of a service, or the lane, for the test or hook that runs. */
  use(source: TopologySource, info: TestInfo, service: string | undefined): Promise<unknown>
  /** Records all attempts and gives the lanes back. */
  close(): Promise<void>
}

/**
 * Creates the state of a worker. Playwright decides how an attempt ends after its last hook, so attempts are recorded
 * when the next one begins, or the worker ends.
 */
export const createWorker = (): PlaywrightWorker => {
  const uses = new Map<TopologySource, Promise<TopologyUse>>()
  const ended = new WeakSet<TestInfo>()
  let current: SeenTest | undefined

  /** The uses that opened: a failed connection is the error of the fixture that needed it. */
  const opened = async () => {
    const results = await Promise.allSettled(uses.values())
    return results.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
  }
  const closeAll = async (which: (use: TopologyUse) => boolean) => {
    const closing: Promise<void>[] = []
    for (const [source, opening] of uses) {
      const use = await opening.catch(() => undefined)
      if (use !== undefined && !which(use)) continue
      uses.delete(source)
      if (use !== undefined) closing.push(use.close())
    }
    const failed = (await Promise.allSettled(closing)).find(({ status }) => status === 'rejected')
    if (failed?.status === 'rejected') throw failed.reason
  }
  /** The tests of a file share a lane; the next file finds it as declared. */
  const arrive = async (seen: SeenTest) => {
    await closeAll(({ file }) => file !== seen.test.file)
    for (const use of await opened()) use.settle(seen.info)
  }
  const useOf = (source: TopologySource, { test }: SeenTest) => {
    const opening = uses.get(source) ?? openTopologyUse(source, test.file)
    uses.set(source, opening)
    // The next test tries again.
    opening.catch(() => uses.delete(source))
    return opening
  }
  return {
    async begin(info) {
      current = seenOf(info)
      await arrive(current)
      // What uses no service is in the record as well, once.
      const [use] = await opened()
      use?.add(current)
    },
    async end(info) {
      if (current?.info === info) current.to = Date.now()
      ended.add(info)
      const leaving = (await opened()).map((use) => use.leave(seenOf(info)))
      current = undefined
      await Promise.all(leaving)
    },
    async use(source, info, service) {
      if (current?.info === info) return (await useOf(source, current)).forTest(current, service)
      const seen = seenOf(info)
      if (ended.has(info) || isOver(info)) return (await useOf(source, seen)).forAfterAll(service)
      await arrive(seen)
      return (await useOf(source, seen)).forBeforeAll(seen, service)
    },
    close: () => closeAll(() => true),
  }
}

// ---

const seenOf = (info: TestInfo): SeenTest => ({
  info,
  test: testOf({
    rootDir: info.config.rootDir,
    project: info.project.name,
    titlePath: info.titlePath,
    retry: info.retry,
    repeatEachIndex: info.repeatEachIndex,
    location: info,
  }),
  from: Date.now(),
})

/** Whether a hook that runs outside of the test can only be one after it: Playwright names hooks nowhere. */
const isOver = (info: TestInfo): boolean =>
  isFailure(info) || info.expectedStatus === 'skipped' || info.status === 'interrupted'
