import { compile } from '../client/lane/compile.ts'
import type { KeepSetting } from '../client/lane/keep-setting.ts'
import { type OpenLane, openLane } from '../client/lane/open-lane.ts'
import { secretsIn } from '../client/lane/secrets-in.ts'
import { noteClient } from '../client/record/note-client.ts'
import { openTestRecord } from '../client/record/test-record.ts'
import { readTraceMode } from '../client/record/trace-setting.ts'
import { acquireSession } from '../client/session/session-pool.ts'
import type { AnyTopology } from '../define/topology.ts'
import { messageOf } from '../errors/unknown-error.ts'
import type { RunnerImages } from './images.ts'
import { createLaneKeeper } from './keep-lane.ts'
import { limitsOf, type RunnerOptions } from './options.ts'
import { createWarningPrinter } from './print-warnings.ts'
import { laneShared, namingOption, noFileLane, notLeased } from './refusals.ts'
import { reportLink } from './report-link.ts'
import type { RunnerFile, RunnerTest } from './session.ts'
import { createAttempt } from './test-attempt.ts'
import { factsOf } from './test-facts.ts'
import { announceTest, type LaneReset, type TestFacts } from './test-scope.ts'

/** What a file of tests is opened with. */
export interface FileOptions extends RunnerOptions {
  /** Folder of the project. */
  readonly root: string
  readonly images: RunnerImages
  /** Which lanes are kept for people; `undefined` for none. */
  readonly keep: KeepSetting | undefined
}

/** A runner file whose lane can be leased on its own. */
export interface OpenFile<T extends AnyTopology> extends RunnerFile<T> {
  /** Leases the file's lane, unless it is leased. */
  prepareLane(): Promise<OpenLane<T>>
}

/** Connects to the supervisor and opens the file's part of the record. */
export const openRunnerFile = async <T extends AnyTopology>(
  topology: T,
  options: FileOptions,
): Promise<OpenFile<T>> => {
  const { client, root, images, reset = 'light', onRetry = 'deep' } = options
  const { lane: scope = 'worker' } = options
  const { timeoutMs } = limitsOf(options)
  const hasReport = readTraceMode(process.env, options.trace) !== 'off'
  const spec = await compile(topology)
  const { session, release } = await acquireSession(root, client)
  const { caller } = session
  await printWarnings(caller)
  const record = openTestRecord(session.facts, undefined, options.steps)
  // Errors of tests may quote secrets.
  record.redactor.add(secretsIn(spec))
  noteClient(session, record, client)
  let leasing: Promise<OpenLane<T>> | undefined
  let leased: OpenLane<T> | undefined
  /** Whether nothing has used the lane since it was leased or reset. */
  let fresh = true
  /** Whether code before the tests changed the data: `new` until its snapshot is taken. */
  let prepared: 'no' | 'new' | 'taken' = 'no'
  let user: string | undefined
  /** Whether a reset or start failed, so that only a deep reset helps. */
  let broken = false
  const keeper = createLaneKeeper(options.keep, process.stderr)
  /** Whether the file's lane is kept for the test that failed in it; the next test gets another one. */
  let kept = Promise.resolve(false)

  const keepAfter = (open: OpenLane<T>, { id, retry, file, titlePath }: TestFacts) =>
    keeper.keep(open as unknown as OpenLane<AnyTopology>, {
      test: `${id}#${retry}`,
      title: titlePath.join(' › '),
      file,
    })

  /** Gives a kept lane away, unless later tests need what only it holds. */
  const leaveKept = async () => {
    if (!(await kept) || leased === undefined) return
    kept = Promise.resolve(false)
    if (prepared !== 'no') return keeper.reuse(leased as unknown as OpenLane<AnyTopology>)
    await leased.release('deep')
    leased = undefined
    leasing = undefined
    fresh = true
    broken = false
  }

  const leaseWith = (own: typeof record) =>
    openLane(topology, {
      services: [],
      client,
      timeoutMs,
      record: own,
      // Another file may have left anything in it.
      ...(reset === 'none' ? {} : { reset }),
      ...(options.trace === undefined ? {} : { trace: options.trace }),
    })
  const fileLane = (): Promise<OpenLane<T>> => {
    if (scope === 'test') throw noFileLane()
    leasing ??= leaseWith(record).then(
      (open) => {
        leased = open
        return open
      },
      (error: unknown) => {
        // The next test tries again.
        leasing = undefined
        throw error
      },
    )
    return leasing
  }

  const resetFor = ({ retry = 0, afterFailure = retry > 0 }: RunnerTest): LaneReset | undefined => {
    if (broken) return { level: 'deep', timeoutMs }
    const level = afterFailure ? onRetry : fresh ? 'none' : reset
    if (level === 'none') return undefined
    // A deep reset would drop what was prepared.
    return { level: prepared === 'no' ? level : 'light', timeoutMs }
  }

  /** Takes the lane of the file for a test, and returns how to reset it. */
  const takeFileLane = async (test: RunnerTest, facts: TestFacts, id: string) => {
    if (test.concurrent === true && user !== undefined)
      throw laneShared(test.titlePath.join(' › '), leased?.lane.name ?? 'of this file')
    user = id
    await leaveKept()
    record.test = id
    const open = await fileLane()
    if (prepared === 'new') {
      if (reset !== 'none') await open.link.call('baseline', { lane: open.link.name })
      prepared = 'taken'
    }
    const level = resetFor(test)
    fresh = false
    broken = false
    const leave = async (halfWay: boolean) => {
      broken ||= halfWay
    }
    const keep = async () => {
      kept = keepAfter(open, facts)
      await kept
    }
    return { open, reset: level, keep, leave }
  }

  /** Leases a lane for a test alone, with a record of its own: calls of other tests must not mix with its calls. */
  const leaseTestLane = async (test: RunnerTest, facts: TestFacts, id: string) => {
    const own = openTestRecord(session.facts, record.redactor, options.steps)
    own.test = id
    try {
      const open = await leaseWith(own)
      const leave = (halfWay: boolean) =>
        open.release(halfWay ? 'deep' : 'light').finally(() => own[Symbol.dispose]())
      const again = test.afterFailure ?? (test.retry ?? 0) > 0
      const level: LaneReset | undefined = again ? { level: onRetry, timeoutMs } : undefined
      const keep = async () => void (await keepAfter(open, facts))
      return { open, reset: level, keep, leave }
    } catch (error) {
      own[Symbol.dispose]()
      throw error
    }
  }

  const linkTo = ({ id, retry }: TestFacts) =>
    hasReport ? reportLink({ folder: session.facts.folder, id, retry }) : undefined

  const announce: RunnerFile<T>['announce'] = (test) => {
    const facts = factsOf(root, test)
    const announced = announceTest(record, facts)
    const { test: id } = announced
    return createAttempt<T>({
      announced,
      caller,
      images,
      take: () =>
        scope === 'test' ? leaseTestLane(test, facts, id) : takeFileLane(test, facts, id),
      link: linkTo(facts),
      left: () => {
        if (user === id) user = undefined
      },
    })
  }

  const recordTest: RunnerFile<T>['recordTest'] = (test, result, times) =>
    announceTest(record, factsOf(root, test), times?.from).end(result, times?.to)

  let releasing: Promise<void> | undefined
  const releaseAll = async () => {
    try {
      await kept
      // The next user must find the declared data.
      if (leased !== undefined)
        await leased.release(prepared === 'no' && !broken ? 'light' : 'deep')
    } finally {
      record[Symbol.dispose]()
      release()
    }
  }
  const giveBack = (): Promise<void> => {
    releasing ??= releaseAll()
    return releasing
  }

  return {
    get lane() {
      if (scope === 'test') throw noFileLane()
      if (leased === undefined) throw notLeased()
      return leased.lane
    },
    prepareLane: () => fileLane(),
    announce,
    async beginTest(test) {
      const attempt = announce(test)
      try {
        await attempt.ready()
      } catch (error) {
        // A test that could not begin is in the record, as failed.
        attempt.end({
          status: 'failed',
          error: messageOf(error),
        })
        throw error
      }
      return attempt
    },
    async prepare(services, { afterFailure = false } = {}) {
      for (const service of services) images.assertPrepared(service)
      await leaveKept()
      const { lane } = await fileLane()
      const before = resetFor({ file: '', titlePath: [], afterFailure })
      broken = true
      try {
        if (before !== undefined) await lane.reset(before)
        for (const service of services) await lane.start(service, { timeoutMs })
      } catch (error) {
        throw namingOption(error, 'timeoutMs')
      }
      broken = false
      fresh = true
      prepared = 'new'
      return lane
    },
    skipTest: (test) => recordTest(test, { status: 'skipped' }),
    recordTest,
    release: giveBack,
    [Symbol.asyncDispose]: giveBack,
  }
}

// ---

/** Consoles of runners show lines with the test that prints them; a warning is about the run. */
const printWarnings = createWarningPrinter(process.stderr)
