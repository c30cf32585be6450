import { type ParseArgsOptionsConfig, parseArgs } from 'node:util'
import { didYouMean } from 'mesocosm/operate'
import { type Command, commonOptions, type Input, UsageError } from './command.ts'

/**
 * Parses the arguments after a command's name.
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
    throw new UsageError(messageFor(error, Object.keys(options)))
  }
}

/** Returns the integer that an option has; throws {@link UsageError} for anything else, or below `least`. */
export const integer = (
  option: string,
  text: string | undefined,
  least = 0,
): number | undefined => {
  if (text === undefined) return undefined
  if (/^\d+$/.test(text) && Number(text) >= least) return Number(text)
  throw new UsageError(`${option} must be an integer of at least ${least}, not "${text}"`)
}

const unitMs = { m: 60_000, h: 3_600_000, d: 86_400_000 } as const

/** Returns the milliseconds of a duration such as `10m`, `2h` or `1d`; throws {@link UsageError} for anything else. */
export const milliseconds = (option: string, text: string | undefined): number | undefined => {
  if (text === undefined) return undefined
  const [, count, unit] = /^(\d{1,6})([mhd])$/.exec(text) ?? []
  if (Number(count) > 0) return Number(count) * unitMs[unit as keyof typeof unitMs]
  throw new UsageError(
    `${option} must be a positive integer and a unit, such as 10m, 2h or 1d, not "${text}"`,
  )
}

/** Returns the positionals; throws {@link UsageError} unless there is exactly one for each name. */
export const exactly = (
  positionals: readonly string[],
  ...names: readonly string[]
): readonly string[] => {
  const [missing] = names.slice(positionals.length)
  if (missing !== undefined) throw new UsageError(`missing argument <${missing}>`)
  const extra = positionals[names.length]
  if (extra !== undefined) throw new UsageError(`unexpected argument "${extra}"`)
  return positionals
}

// ---

const isParseError = (error: unknown): error is Error =>
  error instanceof Error &&
  String((error as NodeJS.ErrnoException).code).startsWith('ERR_PARSE_ARGS')

const messageFor = ({ message }: Error, names: readonly string[]): string => {
  const unknown = /^Unknown option '([^']+)'/.exec(message)?.[1]
  if (unknown === undefined) return message.replace(/^./, (first) => first.toLowerCase())
  const guess = didYouMean(
    unknown,
    names.map((name) => `--${name}`),
  )
  return `unknown option "${unknown}"${guess}`
}
