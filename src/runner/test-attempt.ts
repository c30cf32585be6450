import { stripVTControlCharacters as plain } from 'node:util'
import type { OpenLane } from '../client/lane/open-lane.ts'
import type { Caller } from '../client/session/caller.ts'
import type { Handles } from '../define/handle-types.ts'
import type { AnyTopology } from '../define/topology.ts'
import { appendTo, framesOf, markdownOf } from './explain.ts'
import type { RunnerImages } from './images.ts'
import { isTimeout, namingOption } from './refusals.ts'
import type { FailureReport, TestAttempt } from './session.ts'
import type { AnnouncedTest, LaneReset } from './test-scope.ts'
import { callLines, createWaits, type LaneLook, lookAt, seconds } from './waits.ts'

/** A lane that a test may use. */
interface TakenLane<T extends AnyTopology> {
  readonly open: OpenLane<T>
  /** Reset that it needs first. */
  readonly reset: LaneReset | undefined
  /** Keeps it as the failed test has left it, if that is asked for. Never rejects. */
  readonly keep: () => Promise<void>
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
  /** Link to the test in the report; absent if there will be none. */
  readonly link?: string | undefined
  /** Called when the test no longer uses its lane. */
  readonly left: () => void
}

/** Creates one attempt of a test. */
export const createAttempt = <T extends AnyTopology>({
  announced,
  caller,
  images,
  take,
  link,
  left,
}: AttemptSource<T>): TestAttempt<T> => {
  const waits = createWaits()
  /** What was appended to the error besides the waits; the record has the logs and changes themselves. */
  let appended = ''
  let failure: FailureReport | undefined
  let frames: string | undefined
  const over = new AbortController()
  /** Whether a reset or start failed half-way, so that the lane is in an unknown state. */
  let broken = false
  let taken: TakenLane<T> | undefined
  let gone = false
  let leaving: Promise<void> | undefined
  let keeping: Promise<void> | undefined
  const lane = () => {
    if (taken === undefined) throw new Error('ready() was not awaited')
    return taken.open.lane
  }
  const laneName = () => taken?.open.link.name
  /** Like `lane.start`, but ends with the test. */
  const start = async (service: string, timeoutMs?: number) => {
    const { link } = (taken as TakenLane<T>).open
    const what = `the start of ${service}`
    await link.act('lane.start', { args: [service] }, () =>
      link.change(
        'start',
        { lane: link.name, services: [service] },
        { signal: over.signal, what, timeoutMs },
      ),
    )
  }
  const timely = async (what: string, work: () => Promise<void>) => {
    try {
      await waits.during(what, work)
    } catch (error) {
      if (taken !== undefined) broken = true
      const { busy } = isTimeout(error) ? await lookAt(caller, laneName()) : unseen
      throw namingOption(error, 'timeoutMs', busy)
    }
  }
  const calls = () => taken?.open.link.record.calls
  const changes = (): string[] =>
    (calls()?.changes(announced.test) ?? []).map(
      ({ title, failed, agoMs }) => `${title}${failed ? ' failed' : ''}, ${seconds(agoMs)} before`,
    )
  /** Everything that is known here, without asking the supervisor again. */
  const explainWith = (error: unknown, { busy, ended }: LaneLook) => {
    frames ??= framesOf(error)
    const journal = calls()
    const own = [...waits.lines(), ...(journal ? callLines(journal, announced.test) : [])]
    const awaited = {
      title: 'when the test ended, it was waiting for',
      lines: own.length === 0 ? [] : [...own, ...busy],
    }
    const rest = [
      { title: 'services that do not run', lines: ended },
      { title: 'errors that services logged during the test', lines: announced.errorLogs() },
      { title: 'what the test changed', lines: changes() },
      { title: 'last log lines of the services this test used', lines: announced.lastLogs() },
      { title: 'trace', lines: link === undefined ? [] : [link] },
    ]
    failure = {
      ...(link === undefined ? {} : { link }),
      markdown: markdownOf([awaited, ...rest]),
    }
    appendTo(error, [awaited])
    const before = messageIn(error)
    appendTo(error, rest)
    appended = messageIn(error).slice(before.length)
  }
  const explain = (error: unknown) => explainWith(error, unseen)
  /** At most once; the outcome may be reported twice. */
  const keep = (): Promise<void> => {
    keeping ??= taken?.keep() ?? Promise.resolve()
    return keeping
  }
  const leave = async (error: unknown) => {
    gone = true
    const captures = taken?.open.link.captures
    try {
      await captures?.collect()
      if (error !== undefined) {
        await keep()
        const look = await lookAt(caller, laneName())
        // What a service logged when the test failed may still be on its way. No timer: the test may have fake ones.
        for (let looks = 0; looks < lateLooks && announced.errorLogs().length === 0; looks++)
          await lookAt(caller, laneName())
        explainWith(error, look)
      }
    } finally {
      if (captures?.test === announced.test) captures.test = undefined
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
    async use(service, { timeoutMs } = {}) {
      announced.touch(service)
      images.assertPrepared(service)
      await timely(`the start of ${service}`, () => start(service, timeoutMs))
      return (lane().services as Handles<T>)[service]
    },
    get failure() {
      return failure
    },
    explain,
    leave(error) {
      leaving ??= leave(error)
      return leaving
    },
    end({ error, ...result }, at) {
      left()
      // Runners that leave a test without its error.
      if (result.status === 'failed') void keep()
      const own = error === undefined ? undefined : plain(error.replace(appended, ''))
      const stack = result.status === 'failed' ? (result.stack ?? frames) : undefined
      announced.end(
        {
          ...result,
          ...(own === undefined ? {} : { error: own }),
          ...(stack === undefined ? {} : { stack }),
        },
        at,
      )
    },
  }
}

// ---

/** Answers of the supervisor within which lines of a service arrive, on a machine that is not overloaded. */
const lateLooks = 10

const unseen: LaneLook = { busy: [], ended: [] }

const messageIn = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'message' in error ? String(error.message) : ''
