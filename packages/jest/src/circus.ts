import { MesocosmError } from 'mesocosm'

/** What is used of a test of jest-circus, the runner in each test file. */
export interface CircusTest {
  readonly type: 'test'
  readonly name: string
  readonly parent: CircusSuite
  /** Attempts that have begun. */
  readonly invocations: number
  /** Failures of the attempt: what was thrown, mostly with an error that knows where the test is. */
  readonly errors: unknown[]
  readonly mode?: string | null | undefined
  readonly concurrent: boolean
  readonly startedAt?: number | null | undefined
}

/** A `describe` block; the outermost one is the file. */
export interface CircusSuite {
  readonly type: 'describeBlock'
  readonly name: string
  readonly parent?: CircusSuite | undefined
  readonly children: readonly (CircusTest | CircusSuite)[]
}

/** What happens in a file. Jest passes the same events to `handleTestEvent` of a test environment. */
export interface CircusEvent {
  readonly name: string
  readonly test?: CircusTest
}

/** What jest-circus knows of the file. */
export interface CircusState {
  readonly rootDescribeBlock: CircusSuite
}

/** Called with an event; the file goes on when it has settled. */
export type CircusHandler = (event: CircusEvent, state: CircusState) => void | Promise<void>

/**
 * Calls a handler for each event of this test file, before Jest's own handlers: what it changes in errors is in all
 * reports.
 *
 * @throws {MesocosmError} `JEST_UNSUPPORTED` outside of a test file, and with a runner other than jest-circus.
 */
export const onCircusEvent = (handler: CircusHandler): void => {
  const handlers = (globalThis as { [key]?: CircusHandler[] })[key]
  if (!Array.isArray(handlers)) throw unsupported()
  handlers.unshift(handler)
}

/** Returns the titles of the suites around a test, outermost first, then its own. */
export const titlesOf = ({ name, parent }: CircusTest | CircusSuite): string[] =>
  parent === undefined ? [] : [...titlesOf(parent), name]

/** Returns all tests of a suite. */
export const testsIn = ({ children }: CircusSuite): CircusTest[] =>
  children.flatMap((child) => (child.type === 'test' ? [child] : testsIn(child)))

declare module 'mesocosm' {
  interface ErrorCodes {
    /** `createTest` was called outside of a test file of Jest, or Jest runs files with another runner than jest-circus. */
    JEST_UNSUPPORTED: true
  }
}

// ---

/** How the copies of jest-circus in a file share their handlers. */
const key = Symbol.for('EVENT_HANDLERS')

const unsupported = () =>
  new MesocosmError({
    code: 'JEST_UNSUPPORTED',
    message: 'createTest found no jest-circus, which runs the tests of a file',
    remedy:
      'call it in a test file of Jest 30 or later, and remove testRunner from the configuration',
  })
