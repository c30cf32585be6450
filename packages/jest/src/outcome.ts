import { stripVTControlCharacters } from 'node:util'
import type { TestResult } from 'mesocosm/runner'
import type { CircusTest } from './circus.ts'

/** An error whose text can be changed. */
export interface Failure {
  message: string
  stack?: string
}

/**
 * Returns the failure of a test's attempt; `undefined` if there is none. What is not an error, such as the text of a
 * timeout, is replaced by one, so that lines can be appended to it.
 */
export const failureOf = ({ errors }: CircusTest): Failure | undefined => {
  const entry = errors.at(-1)
  if (!Array.isArray(entry)) return isFailure(entry) ? entry : undefined
  const [thrown, where] = entry as [unknown, unknown]
  if (isFailure(thrown)) return thrown
  if (typeof thrown !== 'string' || !isFailure(where)) return undefined
  const { stack, message } = where
  where.message = thrown
  if (stack !== undefined) where.stack = `${thrown}\n${framesIn(stack, message)}`
  entry[0] = where
  return where
}

/** Returns how the attempt of a test ended that is done, for the record. */
export const resultOf = (test: CircusTest): TestResult => {
  const [first] = test.errors
  if (first === undefined) return { status: 'passed' }
  const failure = failureOf(test)
  const text = failure?.message ?? String(Array.isArray(first) ? first[0] : first)
  return { status: 'failed', error: stripVTControlCharacters(text) }
}

// ---

const isFailure = (value: unknown): value is Failure =>
  typeof value === 'object' &&
  value !== null &&
  typeof (value as Partial<Failure>).message === 'string' &&
  !Object.isFrozen(value)

const framesIn = (stack: string, message: string): string => {
  const at = stack.search(/^\s+at /m)
  return at === -1 ? stack.replace(message, '') : stack.slice(at)
}
