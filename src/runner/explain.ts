/**
 * Appends the services' last log lines to an error, to its message and to the message within its stack: reporters
 * print either. Anything that cannot be changed, or is not an error, is left as it is.
 */
export const appendLogs = (error: unknown, lines: readonly string[]): void =>
  append(error, 'last log lines of the services this test used:', lines)

/** Appends what a test was still waiting for when it ended, the same way. */
export const appendWaits = (error: unknown, waits: readonly string[]): void =>
  append(error, 'when the test ended, it was waiting for:', waits)

// ---

const append = (error: unknown, title: string, lines: readonly string[]): void => {
  if (!isErrorLike(error) || lines.length === 0 || Object.isFrozen(error)) return
  const { message, stack } = error
  const text = `\n\n${title}\n${lines.map((line) => `  ${line}`).join('\n')}`
  if (stack?.includes(message)) error.stack = stack.replace(message, () => message + text)
  error.message += text
}

/** Runners hand over errors that were serialised, too. */
interface ErrorLike {
  message: string
  stack?: string
}

const isErrorLike = (error: unknown): error is ErrorLike =>
  typeof error === 'object' &&
  error !== null &&
  'message' in error &&
  typeof error.message === 'string'
