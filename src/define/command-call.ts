import { isKeyed } from '../model/value-kind.ts'
import type { ArgvFunction, Command, CommandOptions } from './command.ts'

/** The arguments of a call of a named command, apart from the options behind them. */
export interface SplitCall {
  readonly args: readonly unknown[]
  readonly options: CommandOptions | undefined
}

/** Splits the arguments of a declared command: its own parameters, then options. */
export const splitCall = (command: Command | ArgvFunction, args: readonly unknown[]): SplitCall => {
  if (typeof command !== 'function') {
    const own = command.args === undefined && !(args.length > 1) ? 0 : 1
    return { args: args.slice(0, own), options: args[own] as CommandOptions | undefined }
  }
  // Parameters with a default do not count in `length`, so only what looks like options is taken for them.
  return args.length > command.length ? splitOptions(args) : { args, options: undefined }
}

/** Splits arguments whose last one may be options. */
export const splitOptions = (args: readonly unknown[]): SplitCall => {
  const last = args.at(-1)
  return isOptions(last) ? { args: args.slice(0, -1), options: last } : { args, options: undefined }
}

// ---

const keys: ReadonlySet<string> = new Set([
  'reject',
  'timeoutMs',
  'signal',
] satisfies (keyof CommandOptions)[])

const isOptions = (value: unknown): value is CommandOptions =>
  isKeyed(value) &&
  Object.keys(value).length > 0 &&
  Object.keys(value).every((key) => keys.has(key))
