import type { OpenLane } from '../client/lane/open-lane.ts'
import type { Caller } from '../client/session/caller.ts'
import type { Handles } from '../define/handle-types.ts'
import type { AnyTopology } from '../define/topology.ts'
import { appendLogs, appendWaits } from './explain.ts'
import type { RunnerImages } from './images.ts'
import { isTimeout, namingOption } from './refusals.ts'
import type { TestAttempt } from './session.ts'
import type { AnnouncedTest, LaneReset } from './test-scope.ts'
import { busyIn, createWaits } from './waits.ts'

/** A lane that a test may use. */
interface TakenLane<T extends AnyTopology> {
  readonly open: OpenLane<T>
  /** Reset that it needs first. */
  readonly reset: LaneReset | undefined
  /** Ends the use; `broken` if a reset or start failed, or was not done. */
  readonly leave: (broken: boolean) => Promise<void>
}

/** What one attempt of a test is made from. */
export interface AttemptSource<T extends AnyTopology> {
  readonly announced: AnnouncedTest
  readonly caller: Pick<Caller, 'call'>
  readonly images: Pick<RunnerImages, 'assertPrepared'>
  /** Waits for the test's lane. */
  readonly take: () => Promise<TakenLane<T>>
  /** Called when the test no longer uses its lane. */
  readonly left: () => void
}

/** Creates one attempt of a test. */
export const createAttempt = <T extends AnyTopology>({
  announced,
  caller,
  images,
  take,
  left,
}: AttemptSource<T>): TestAttempt<T> => {
  const waits = createWaits(caller)
  /** Log lines that were appended to the error; the record has the logs themselves. */
  let appended = ''
  const over = new AbortController()
  /** Whether a reset or start failed half-way, so that the lane is in an unknown state. */
  let broken = false
  let taken: TakenLane<T> | undefined
  let gone = false
  let leaving: Promise<void> | undefined
  const lane = () => {
    if (taken === undefined) throw new Error('ready() was not awaited')
    return taken.open.lane
  }
  const laneName = () => taken?.open.link.name
  /** Like `lane.start`, but ends with the test. */
  const start = async (service: string) => {
    const { link } = (taken as TakenLane<T>).open
    const what = `the start of ${service}`
    await link.act('lane.start', { args: [service] }, () =>
      link.change('start', { lane: link.name, services: [service] }, { signal: over.signal, what }),
    )
  }
  const timely = async (what: string, work: () => Promise<void>) => {
    try {
      await waits.during(what, work)
    } catch (error) {
      if (taken !== undefined) broken = true
      const lines = isTimeout(error) ? await busyIn(caller, laneName()) : []
      throw namingOption(error, 'timeoutMs', lines)
    }
  }
  const explain = (error: unknown) => {
    const before = messageIn(error)
    appendLogs(error, announced.lastLogs())
    appended = messageIn(error).slice(before.length)
  }
  const leave = async (error: unknown) => {
    gone = true
    try {
      if (error !== undefined) {
        appendWaits(error, await waits.describe(laneName()))
        explain(error)
      }
    } finally {
      const halfWay = broken || waits.pending
      // The next test must not wait for what this one has not waited for.
      over.abort()
      left()
      await taken?.leave(halfWay)
    }
  }
  return {
    get lane() {
      return lane()
    },
    async ready() {
      await timely('the lease of a lane', async () => {
        const found = await take()
        // The test has ended while it waited.
        if (gone) await found.leave(false)
        taken = found
      })
      const { open, reset } = taken as unknown as TakenLane<T>
      if (gone) return
      const what =
        reset === undefined ? `lane ${open.link.name}` : `the reset of lane ${open.link.name}`
      const limited = reset === undefined ? undefined : { ...reset, signal: over.signal }
      await timely(what, () => announced.enter(open, limited))
    },
    async use(service) {
      announced.touch(service)
      images.assertPrepared(service)
      try {
        await waits.during(`the start of ${service}`, () => start(service))
      } catch (error) {
        broken = true
        throw error
      }
      return (lane().services as Handles<T>)[service]
    },
    explain,
    leave(error) {
      leaving ??= leave(error)
      return leaving
    },
    end({ error, ...result }, at) {
      left()
      const own = error?.replace(appended, '')
      announced.end({ ...result, ...(own === undefined ? {} : { error: own }) }, at)
    },
  }
}

// ---

const messageIn = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'message' in error ? String(error.message) : ''
