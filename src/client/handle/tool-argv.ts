import type { CliDefinition } from '../../model/cli.ts'
import { binRunner } from './bin-runner.ts'

/** Program and arguments of a command, or what is wrong with the arguments it was given. */
export type ToolArgv = { readonly argv: readonly string[] } | { readonly faults: readonly string[] }

/**
 * Program and arguments of a command that is known by its name alone.
 *
 * @param args positionals, lists among them laid out; last, if there is one, an object of options by their raw
 * names. `true` is a flag, `false` and `undefined` nothing, a list the option several times: `--tag=a --tag=b`;
 * under a name with its dashes, `'--tag'`, once with several values: `--tag a b`.
 * @returns `undefined` for a command of a tool that is not declared.
 */
export const toolArgv = (
  command: string,
  args: readonly unknown[],
  cli: CliDefinition | undefined,
): ToolArgv | undefined => {
  const prefix = packagePrefix(command)
  if (prefix === undefined && cli === undefined) return undefined
  const { positionals, options, faults } = readArguments(args)
  if (faults.length > 0) return { faults }
  if (prefix !== undefined) return { argv: [...prefix, ...positionals, ...options] }
  const { argv, kind } = cli as CliDefinition
  const start = [...argv, ...command.split(' ')]
  // yargs binds nothing to its positionals that stands behind `--`.
  if (kind === 'yargs' && !positionals.some((text) => text.startsWith('-')))
    return { argv: [...start, ...positionals, ...options] }
  return { argv: [...start, ...options, ...(positionals.length > 0 ? ['--', ...positionals] : [])] }
}

// ---

/** Commands of a service's package need no declared tool. */
const packagePrefix = (command: string): readonly string[] | undefined => {
  if (command.startsWith('npm:')) return ['npm', 'run', '--silent', command.slice(4), '--']
  if (command.startsWith('bin:')) return binRunner(command.slice(4))
  return undefined
}

const readArguments = (args: readonly unknown[]) => {
  const last = args.at(-1)
  const bag = isPlainObject(last) ? last : {}
  const given = isPlainObject(last) ? args.slice(0, -1) : args
  // Optional parameters that are left out; one between others would move those after it.
  const count = given.findLastIndex((value) => value !== undefined) + 1
  const faults: string[] = []
  const read = (value: unknown, name: string): string[] => {
    if (isScalar(value)) return [String(value)]
    faults.push(`${name}: expected a string or a number, got ${kindOf(value)}`)
    return []
  }
  const positionals = given
    .slice(0, count)
    .flatMap((value, index) => listOf(value).flatMap((item) => read(item, `argument ${index + 1}`)))
  const option = (name: string, value: unknown): readonly string[] => {
    if (value === undefined || value === false) return []
    if (value === true) return [dashed(name)]
    return read(value, `option ${name}`).flatMap((text) => withValue(name, text))
  }
  const options = Object.entries(bag).flatMap(([name, value]) => {
    if (!Array.isArray(value)) return option(name, value)
    if (!name.startsWith('--')) return value.flatMap((item) => option(name, item))
    // One option with several values, which some tools tell from the option several times.
    return value.length === 0
      ? []
      : [name, ...value.flatMap((item) => read(item, `option ${name}`))]
  })
  return { positionals, options, faults }
}

/** A name that has its dashes already is a short option, or one of a tool with customs of its own. */
const dashed = (name: string): string => (name.startsWith('-') ? name : `--${name}`)

const withValue = (name: string, value: string): readonly string[] => {
  if (!/^-[^-]$/.test(name)) return [`${dashed(name)}=${value}`]
  return value === '' ? [name, value] : [`${name}${value}`]
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [value])

const isScalar = (value: unknown): boolean =>
  typeof value === 'string' ||
  typeof value === 'number' ||
  typeof value === 'bigint' ||
  typeof value === 'boolean'

/** Of any realm: runners run tests in contexts with an `Object` of their own. */
const isPlainObject = (value: unknown): value is Readonly<Record<string, unknown>> => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || Object.getPrototypeOf(prototype) === null
}

const kindOf = (value: unknown): string => {
  if (value === null) return 'null'
  return Array.isArray(value) ? 'an array' : typeof value
}
