/**
 * Appends the services' last log lines to an error, to its message and to the message within its stack: reporters
 * print either. Anything that cannot be changed, or is not an error, is left as it is.
 */
export const appendLogs = (error: unknown, lines: readonly string[]): void => {
  if (!isErrorLike(error) || lines.length === 0 || Object.isFrozen(error)) return
  const { message, stack } = error
  const text = `\n\nlast log lines of the services this test used:\n${lines.map((line) => `  ${line}`).join('\n')}`
  if (stack?.includes(message)) error.stack = stack.replace(message, () => message + text)
  error.message += text
}

// ---

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
