import { batch, computed, effect, type ReadonlySignal, type Signal, signal } from '@preact/signals'
import type { LogTable, ReportIndex, ReportSource } from '../../../../src/report/source.ts'
import type { Trace, TraceNode } from '../../../../src/trace/read/trace.ts'
import { type Filter, isEmpty } from '../filter/filter.ts'
import { logFilterOf } from '../filter/log-filter.ts'
import { testFits } from '../filter/match-test.ts'
import { parseFilter } from '../filter/parse-filter.ts'
import { type Link, parseLink } from '../link/link.ts'
import {
  type Attempt,
  attemptOf,
  idOf,
  lastOf,
  type TestCase,
  type TestFile,
  testFiles,
} from '../model/test-cases.ts'
import { modelOf, type RunModel } from '../model/tracks.ts'

/** A test and one of its attempts. */
export interface Chosen {
  readonly test: TestCase
  readonly attempt: Attempt
}

/** Everything that views read. What is derived is computed on demand, once. */
export interface Store {
  readonly source: ReportSource
  readonly index: Signal<ReportIndex | undefined>
  readonly trace: Signal<Trace | undefined>
  readonly logs: Signal<LogTable | undefined>
  /** Why the report could not be read. */
  readonly fault: Signal<string | undefined>
  /** What is shown; the address of the page follows it. */
  readonly link: Signal<Link>
  /** Part of the time that the timeline shows; all of it if absent. */
  readonly view: Signal<readonly [from: number, to: number] | undefined>
  readonly closedFiles: Signal<ReadonlySet<string>>
  readonly closedLanes: Signal<ReadonlySet<string>>
  /** Said to screen readers, and shown for a moment. */
  readonly notice: Signal<string>
  readonly help: Signal<boolean>
  /** Time of the row under the pointer in another panel. */
  readonly pointed: Signal<number | undefined>
  readonly filter: ReadonlySignal<Filter>
  readonly files: ReadonlySignal<readonly TestFile[]>
  readonly shownTests: ReadonlySignal<ReadonlySet<TestCase>>
  readonly chosen: ReadonlySignal<Chosen | undefined>
  readonly model: ReadonlySignal<RunModel | undefined>
  /** Node of the chosen attempt. */
  readonly testNode: ReadonlySignal<TraceNode | undefined>
  /** What the timeline can show at most. */
  readonly limits: ReadonlySignal<readonly [from: number, to: number]>
  /** The time that is 0: start of the test, or of the run. */
  readonly origin: ReadonlySignal<number>
  /** Rows of the log that are shown; `undefined` before they are read. */
  readonly rows: ReadonlySignal<Uint32Array | undefined>
  /** Changes what is shown. A choice of another test is a step in the history of the browser. */
  go(change: Partial<Link>): void
}

/** Creates the store of a page, which shows nothing yet. */
export const createStore = (source: ReportSource, hash: string): Store => {
  const index = signal<ReportIndex | undefined>(undefined)
  const trace = signal<Trace | undefined>(undefined)
  const logs = signal<LogTable | undefined>(undefined)
  const link = signal<Link>(parseLink(hash))
  const view = signal<readonly [number, number] | undefined>(undefined)
  const closedLanes = signal<ReadonlySet<string>>(new Set())

  const query = computed(() => link.value.query)
  const filter = computed(() => parseFilter(query.value))
  const files = computed(() => testFiles(index.value?.tests ?? []))
  const cases = computed(
    () => new Map(files.value.flatMap((file) => file.cases).map((test) => [test.id, test])),
  )
  const chosen = computed((): Chosen | undefined => {
    const { test: wanted, attempt: number } = link.value
    const test = wanted === undefined ? undefined : cases.value.get(idOf(wanted))
    return test && { test, attempt: attemptOf(test, number) }
  })
  const model = computed(() => (trace.value === undefined ? undefined : modelOf(trace.value)))
  const testNode = computed(() => {
    const attempt = chosen.value?.attempt
    const tests = trace.value?.tests
    if (attempt === undefined || tests === undefined) return undefined
    const same = ({ test, start }: TraceNode) =>
      test === attempt.test.test && Math.abs(start - attempt.test.start) < 1
    const there = tests[attempt.position]
    return there !== undefined && same(there) ? there : tests.find(same)
  })
  const limits = computed((): readonly [number, number] => {
    const test = chosen.value?.attempt.test
    const run = index.value?.run
    const [start, end] =
      test === undefined ? [run?.start ?? 0, run?.end ?? 1] : [test.start, test.end]
    const margin = Math.max((end - start) * 0.015, 1)
    return [start - margin, end + margin]
  })
  const origin = computed(() => chosen.value?.attempt.test.start ?? index.value?.run.start ?? 0)
  const range = computed(() => link.value.range)
  const scope = computed(() => link.value.scope)
  const services = computed(() => link.value.services)
  const rows = computed(() => {
    const [table, of] = [logs.value, index.value]
    if (table === undefined || of === undefined) return undefined
    const attempt = chosen.value?.attempt
    const window = scope.value === 'time' ? attempt?.test : undefined
    const [from, to] = range.value ?? []
    const start = of.run.start
    return table.find(
      logFilterOf(filter.value, of, {
        test: scope.value === 'test' ? attempt?.position : undefined,
        services: services.value,
        from: from === undefined ? window?.start : start + from,
        to: to === undefined ? window?.end : start + to,
      }),
    )
  })
  /** Attempts that have a line which the filter lets through, as it was a moment ago. */
  const withLines = signal<ReadonlySet<number> | undefined>(undefined)
  const shownTests = computed((): ReadonlySet<TestCase> => {
    const wanted = filter.value
    const all = [...cases.value.values()]
    const [of, span] = [index.value, chosen.value === undefined ? range.value : undefined]
    const start = of?.run.start ?? 0
    const during =
      span &&
      all.filter(({ attempts }) =>
        attempts.some(({ test }) => test.start - start <= span[1] && test.end - start >= span[0]),
      )
    if (isEmpty(wanted)) return new Set(during ?? all)
    const lines = withLines.value
    return new Set(
      (during ?? all).filter((test) =>
        testFits(
          wanted,
          {
            outcome: test.outcome,
            file: test.file,
            title: `${test.suite} › ${test.name}`,
            lanes: test.attempts.flatMap(({ test: { lane } }) => lane ?? []),
            touched: test.attempts.flatMap(({ test: { touched } }) => touched),
            error: lastOf(test).test.error,
          },
          lines === undefined
            ? undefined
            : test.attempts.some(({ position }) => lines.has(position)),
        ),
      ),
    )
  })
  followLines({ logs, index, filter, found: withLines })
  return {
    source,
    index,
    trace,
    logs,
    fault: signal<string | undefined>(undefined),
    link,
    view,
    closedFiles: signal<ReadonlySet<string>>(new Set()),
    closedLanes,
    notice: signal(''),
    help: signal(false),
    pointed: signal<number | undefined>(undefined),
    filter,
    files,
    shownTests,
    chosen,
    model,
    testNode,
    limits,
    origin,
    rows,
    go(change) {
      const before = link.value
      const moves =
        ('test' in change && change.test !== before.test) ||
        ('attempt' in change && change.attempt !== before.attempt)
      batch(() => {
        // What belongs to one test makes no sense in another one.
        const fresh = moves ? { range: undefined, entry: undefined } : {}
        link.value = { ...before, ...(moves ? { attempt: undefined } : {}), ...fresh, ...change }
        if (moves) view.value = undefined
      })
    },
  }
}

// ---

interface LineSearch {
  readonly logs: Signal<LogTable | undefined>
  readonly index: Signal<ReportIndex | undefined>
  readonly filter: ReadonlySignal<Filter>
  /** Positions of attempts. */
  readonly found: Signal<ReadonlySet<number> | undefined>
}

/** Finds the tests by what their lines say a moment after the last letter: the lines themselves are shown at once. */
const followLines = ({ logs, index, filter, found }: LineSearch): void => {
  effect(() => {
    const [table, of, wanted] = [logs.value, index.value, filter.value]
    if (table === undefined || of === undefined) return
    const asked = wanted.include.length + wanted.levels.length + wanted.services.length > 0
    if (!asked) {
      found.value = new Set()
      return
    }
    const timer = setTimeout(() => {
      const tests = new Set<number>()
      const rows = table.find(logFilterOf(wanted, of, {}))
      // Of very many lines a sample is enough to know the tests.
      const stride = Math.max(1, Math.floor(rows.length / 200_000))
      for (let at = 0; at < rows.length && tests.size < of.tests.length; at += stride)
        for (const test of table.attribution(rows[at] ?? 0).tests) tests.add(test)
      found.value = tests
    }, 150)
    return () => clearTimeout(timer)
  })
}
