import type { CliDefinition } from '../model/cli.ts'
import { argumentFault } from '../model/program-text.ts'
import { isKeyed, kindOf } from '../model/value-kind.ts'
import { binRunner } from './bin-runner.ts'

/** Program and arguments of a command, or what is wrong with the arguments it was given. */
export type ToolArgv = { readonly argv: readonly string[] } | { readonly faults: readonly string[] }

/**
 * Returns program and arguments of a command that is known only by its name.
 *
 * @param args positionals, with arrays expanded; the last one may be an object of options by their raw names.
 * `true` is a flag; `false` and `undefined` are left out; an array repeats the option: `--tag=a --tag=b`, or under a
 * name with dashes, `'--tag'`, passes it once with several values: `--tag a b`.
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
  // yargs does not bind arguments after `--` to its positionals.
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
  const bag = isKeyed(last) ? last : {}
  const given = isKeyed(last) ? args.slice(0, -1) : args
  // Drop trailing parameters that are left out; one between others would shift those after it.
  const count = given.findLastIndex((value) => value !== undefined) + 1
  const faults: string[] = []
  const read = (value: unknown, name: string): string[] => {
    if (!isScalar(value))
      faults.push(`${name}: expected a string or a number, got ${kindOf(value)}`)
    else {
      const text = String(value)
      const fault = argumentFault(text)
      if (fault === undefined) return [text]
      faults.push(`${name}: ${fault}`)
    }
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
    // One option with several values, which some tools distinguish from a repeated option.
    return value.length === 0
      ? []
      : [name, ...value.flatMap((item) => read(item, `option ${name}`))]
  })
  return { positionals, options, faults }
}

/** A name with dashes is passed as it is: a short option, or one of a tool with its own conventions. */
const dashed = (name: string): string => (name.startsWith('-') ? name : `--${name}`)

const withValue = (name: string, value: string): readonly string[] => {
  if (!/^-[^-]$/.test(name)) return [`${dashed(name)}=${value}`]
  return value === '' ? [name, value] : [`${name}${value}`]
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [value])

const isScalar = (value: unknown): boolean =>
  typeof value === 'string' ||
  (typeof value === 'number' && Number.isFinite(value)) ||
  typeof value === 'bigint' ||
  typeof value === 'boolean'
