import type { RunnerTest } from 'mesocosm/runner'

/** What is used of a Vitest test. */
export interface Task extends AnyTask {
  readonly suite?: Task | undefined
  readonly file: AnyTask & {
    readonly filepath: string
    readonly projectName?: string | undefined
  }
  /** Whether it was declared by `test.fails`. */
  readonly fails?: boolean | undefined
  readonly result?: {
    readonly state: string
    readonly retryCount?: number | undefined
    readonly errors?: TestErrorLike[] | undefined
  }
}

/** Returns what the record keeps of a test. */
export const testOf = (task: Task): RunnerTest => ({
  project: task.file.projectName,
  file: task.file.filepath,
  titlePath: titlesOf(task),
  retry: task.result?.retryCount,
})

/**
 * Returns how the body of a test ended, with its last error. To be asked when its fixtures are cleaned up: hooks such as
 * `onTestFailed` run after that.
 */
export const outcomeOf = ({ result, fails = false }: Task): Outcome => {
  if (result?.state === 'skip') return { status: 'skipped' }
  const failed = result?.state === 'fail'
  // Vitest turns the result of `test.fails` around later.
  if (failed === fails) return { status: 'passed' }
  const error = failed ? result.errors?.at(-1) : { message: 'expected test to fail' }
  return { status: 'failed', ...(error === undefined ? {} : { error }) }
}

/** Returns the skipped tests of the file that `begun` tests are from, without these. */
export const skippedIn = (begun: ReadonlySet<Task>): Task[] => {
  const [first] = begun
  const isSkipped = (task: AnyTask): task is Task =>
    task.type === 'test' && task.mode === 'skip' && !begun.has(task as Task)
  return first === undefined ? [] : testsIn(first.file).filter(isSkipped)
}

// ---

interface AnyTask {
  readonly name: string
  readonly type: string
  readonly mode: string
  readonly tasks?: readonly AnyTask[]
}

interface TestErrorLike {
  message: string
  stack?: string
}

interface Outcome {
  readonly status: 'passed' | 'failed' | 'skipped'
  readonly error?: TestErrorLike
}

const titlesOf = (task: Task): string[] =>
  task.suite === undefined || task.suite.name === ''
    ? [task.name]
    : [...titlesOf(task.suite), task.name]

const testsIn = ({ tasks = [] }: AnyTask): AnyTask[] =>
  tasks.flatMap((task) => (task.tasks === undefined ? [task] : testsIn(task)))
