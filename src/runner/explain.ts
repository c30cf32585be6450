/** A part of what explains a failure. */
export interface Explanation {
  /** What the lines are, without a colon. */
  readonly title: string
  readonly lines: readonly string[]
}

/**
 * Appends explanations to an error, to its message and to the message within its stack: reporters print either. Those
 * without lines are left out. Anything that cannot be changed, or is not an error, is left as it is.
 */
export const appendTo = (error: unknown, explanations: readonly Explanation[]): void => {
  if (!isErrorLike(error) || Object.isFrozen(error)) return
  const text = explanations.map(textOf).join('')
  if (text === '') return
  const { message, stack } = error
  if (stack?.includes(message)) error.stack = stack.replace(message, () => message + text)
  error.message += text
}

/** Returns explanations as Markdown, lines as code; those without lines are left out. */
export const markdownOf = (explanations: readonly Explanation[]): string =>
  explanations
    .filter(({ lines }) => lines.length > 0)
    .map(({ title, lines }) => `**${title}**\n\n${lines.map((line) => `    ${line}\n`).join('')}`)
    .join('\n')

/** Returns the frames of an error's stack, a line each; `undefined` if it has none. */
export const framesOf = (error: unknown): string | undefined => {
  if (!isErrorLike(error) || typeof error.stack !== 'string') return undefined
  const frames = error.stack.split('\n').filter((line) => /^\s+at /.test(line))
  return frames.length === 0 ? undefined : frames.slice(0, mostFrames).join('\n')
}

// ---

const mostFrames = 30

const textOf = ({ title, lines }: Explanation): string =>
  lines.length === 0 ? '' : `\n\n${title}:\n${lines.map((line) => `  ${line}`).join('\n')}`

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
