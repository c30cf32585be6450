import { type ParseArgsOptionsConfig, parseArgs } from 'node:util'
import { didYouMean } from 'mesocosm/operate'
import { type Command, commonOptions, type Input, UsageError } from './command.ts'

/**
 * Reads the arguments after a command's name.
 *
 * @throws {UsageError}
 */
export const parseInput = (
  command: Pick<Command, 'options'>,
  args: readonly string[],
): Input<ParseArgsOptionsConfig> => {
  const end = args.indexOf('--')
  const own = end === -1 ? args : args.slice(0, end)
  const options = { ...commonOptions, ...command.options }
  try {
    const { values, positionals } = parseArgs({
      args: [...own],
      options,
      allowPositionals: true,
      strict: true,
    })
    return { values, positionals, rest: end === -1 ? [] : args.slice(end + 1) }
  } catch (error) {
    if (!isParseError(error)) throw error
    // Its second sentence explains a form of `--` that means something else here.
    const text = error.message.replace(/\. To specify a positional.*$/s, '')
    const unknown = /^Unknown option '--([^']+)'/.exec(text)?.[1]
    const names = Object.keys(options).map((name) => `--${name}`)
    throw new UsageError(
      unknown === undefined ? text : `${text}${didYouMean(`--${unknown}`, names)}`,
    )
  }
}

/** @throws {UsageError} for anything but a whole number of at least `least`. */
export const wholeNumber = (
  option: string,
  text: string | undefined,
  least = 0,
): number | undefined => {
  if (text === undefined) return undefined
  if (/^\d+$/.test(text) && Number(text) >= least) return Number(text)
  throw new UsageError(`${option} takes a whole number from ${least} up, not "${text}"`)
}

/** @throws {UsageError} when there are more or fewer than wanted. */
export const exactly = (
  positionals: readonly string[],
  ...names: readonly string[]
): readonly string[] => {
  const [missing] = names.slice(positionals.length)
  if (missing !== undefined) throw new UsageError(`<${missing}> is missing`)
  const extra = positionals[names.length]
  if (extra !== undefined) throw new UsageError(`"${extra}" is too much`)
  return positionals
}

// ---

const isParseError = (error: unknown): error is Error =>
  error instanceof Error &&
  String((error as NodeJS.ErrnoException).code).startsWith('ERR_PARSE_ARGS')
