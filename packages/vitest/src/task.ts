import type { RunnerTest, TestResult, TestTimes } from 'mesocosm/runner'

/** What is used of a Vitest test. */
export interface Task extends AnyTask {
  readonly suite?: Task | undefined
  readonly file: AnyTask & {
    readonly filepath: string
    readonly projectName?: string | undefined
  }
  /** Whether it passes if it fails: `test.fails`. */
  readonly fails?: boolean | undefined
  /** Where it is declared; Vitest knows it with `includeTaskLocation`. */
  readonly location?: { readonly line: number } | undefined
  /** Whether it may run at the same time as other tests of its file. */
  readonly concurrent?: boolean | undefined
}

/** One attempt of a Vitest test, while it runs. */
export interface Attempt {
  /** How many attempts of the test ended before it. */
  readonly index: number
  readonly test: RunnerTest
}

/** How an attempt ended. */
export interface Ended {
  readonly result: TestResult
  readonly times?: TestTimes
}

/** Returns the attempt of a test that runs now. */
export const attemptOf = (task: Task): Attempt => {
  const index = task.result?.attempts?.length ?? 0
  return { index, test: testOf(task, index) }
}

/**
 * Returns how an attempt ended; `undefined` if Vitest has not decided yet. It does when all hooks and the clean-up of
 * all fixtures have run, and `test.fails` is applied.
 */
export const endOf = ({ result }: Task, { index }: Attempt): Ended | undefined => {
  const ended = result?.attempts?.[index]
  if (ended === undefined) return undefined
  const { startTime, duration } = ended
  const note = ended.state === 'skip' ? result?.note : undefined
  return {
    result: resultOf(ended, note),
    ...(startTime === undefined || duration === undefined
      ? {}
      : { times: { from: startTime, to: startTime + duration } }),
  }
}

/** Returns the tests of a file. */
export const testsOf = (file: Task['file']): Task[] => testsIn(file) as Task[]

/** Returns how a test of a file that has ended went, one entry for each attempt; one for a test that was skipped. */
export const historyOf = (task: Task): readonly { test: RunnerTest; ended: Ended }[] => {
  const { result } = task
  const attempts = (result?.attempts ?? []).flatMap((_, index) => {
    const test = testOf(task, index)
    const ended = endOf(task, { index, test })
    return ended === undefined ? [] : [{ test, ended }]
  })
  if (attempts.length > 0) return attempts
  return [{ test: testOf(task, 0), ended: lastOf(task) }]
}

/** Returns how a test of a file that has ended went, where Vitest has no attempts of it. */
export const lastOf = (task: Task): Ended => {
  const { result } = task
  return { result: resultOf(result ?? { state: 'skip' }, result?.note ?? whySkipped(task)) }
}

/** Returns the error that a running test has failed with so far; none if it is expected to fail. */
export const failureOf = ({ result, fails }: Task): TestErrorLike | undefined =>
  fails !== true && result?.state === 'fail' ? result.errors?.at(-1) : undefined

// ---

interface AnyTask {
  readonly name: string
  readonly type: string
  readonly mode: string
  readonly tasks?: readonly AnyTask[]
  readonly result?: ResultLike | undefined
}

interface ResultLike {
  readonly state: string
  readonly errors?: TestErrorLike[] | undefined
  readonly note?: string | undefined
  readonly attempts?: readonly AttemptLike[] | undefined
}

interface AttemptLike {
  readonly state: string
  readonly errors?: readonly TestErrorLike[] | undefined
  readonly startTime?: number | undefined
  readonly duration?: number | undefined
}

interface TestErrorLike {
  message: string
  stack?: string | undefined
}

const testOf = (task: Task, index: number): RunnerTest => ({
  project: task.file.projectName,
  file: task.file.filepath,
  line: task.location?.line,
  titlePath: titlesOf(task),
  retry: index,
  afterFailure: task.result?.attempts?.[index - 1]?.state === 'fail',
  concurrent: task.concurrent,
})

const resultOf = (
  { state, errors }: Pick<AttemptLike, 'state' | 'errors'>,
  note: string | undefined,
): TestResult => {
  if (state === 'pass') return { status: 'passed' }
  if (state !== 'fail') return { status: 'skipped', ...(note === undefined ? {} : { error: note }) }
  const error = errors?.at(-1)
  return { status: 'failed', ...(error === undefined ? {} : { error: error.message }) }
}

/** A test whose suite failed, such as in a `beforeAll` hook, is skipped. */
const whySkipped = (task: Task): string | undefined => {
  if (task.mode === 'todo') return 'todo'
  for (let suite: AnyTask | undefined = task.suite ?? task.file; suite !== undefined; ) {
    const message = suite.result?.errors?.[0]?.message
    if (message !== undefined) return message
    suite = suite === task.file ? undefined : ((suite as Task).suite ?? task.file)
  }
  return undefined
}

const titlesOf = (task: Task): string[] =>
  task.suite === undefined || task.suite.name === ''
    ? [task.name]
    : [...titlesOf(task.suite), task.name]

const testsIn = ({ tasks = [] }: AnyTask): AnyTask[] =>
  tasks.flatMap((task) => (task.tasks === undefined ? [task] : testsIn(task)))
