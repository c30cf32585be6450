import type { CommandArgument, CommandOption, ServiceCommand } from '../model/command.ts'
import { docLines } from './doc.ts'
import { parameterNames } from './parameter-names.ts'
import { byCodeUnit, keyOf, quoted } from './quote.ts'
import { argumentType, listOf } from './value-type.ts'

/**
 * Renders a command as methods: arguments become parameters, followed by an object with the command's options and one
 * with options of the call, such as `{ reject: false }`. One overload per optional
 * argument, so that options can follow any number of them: `f('a', { force: true })`, `f('a', 'b', { force: true })`.
 */
export const commandLines = (command: ServiceCommand, width: number): string[] => {
  const { name, doc, args } = command
  const options = command.options.toSorted((a, b) => byCodeUnit(a.name, b.name))
  const names = parameterNames(
    args.map((arg) => arg.name),
    ['call', ...(options.length > 0 ? ['options'] : [])],
  )
  const comment = docLines([doc, ...argumentDocs(args, names)])
  return countsOf(args, options).flatMap((count) => {
    const parameters = args
      .slice(0, count)
      .map((arg, i) => [parameter(arg, names[i] ?? arg.name, options.length === 0)])
    // Nothing can follow a rest parameter; a call with options of its own must pass the arguments as a list there.
    const isOpen = options.length === 0 && count > 0 && args[count - 1]?.variadic === true
    const last = [
      ...(options.length > 0 ? [optionsLines(options)] : []),
      ...(isOpen ? [] : [['call?: CommandOptions']]),
    ]
    return [...comment, ...methodLines(name, [...parameters, ...last], width)]
  })
}

// ---

type Lines = readonly string[]

/** Number of arguments of each overload. A rest parameter needs no overload of its own. */
const countsOf = (
  args: readonly CommandArgument[],
  options: readonly CommandOption[],
): number[] => {
  const must = args.filter(({ required }) => required).length
  const rest = options.length === 0 && args.at(-1)?.variadic === true ? 1 : 0
  const least = Math.min(must, args.length - rest)
  const counts = Array.from({ length: args.length - least + 1 }, (_, i) => least + i)
  // The overload with the rest parameter covers the one without it.
  return rest === 1 ? counts.filter((count) => count !== args.length - 1) : counts
}

const parameter = (
  { variadic, required, type }: CommandArgument,
  name: string,
  mayRest: boolean,
) => {
  const one = argumentType(type)
  if (!variadic) return `${name}: ${one}`
  const many = listOf(one)
  const list = required ? `readonly [${one}, ...${many.replace(/^readonly /, '')}]` : many
  return mayRest ? `...${name}: ${list}` : `${name}: ${list}`
}

const optionsLines = (options: readonly CommandOption[]): Lines => [
  `options${options.some(({ required }) => required) ? '' : '?'}: {`,
  ...options.flatMap(({ name, value, valueOptional, multiple, required, doc }) => {
    const one = value === undefined ? 'boolean' : argumentType(value)
    const many = multiple && value !== undefined ? listOf(one) : one
    const type = valueOptional === true ? `${many} | true` : many
    return [...docLines([doc]), `${keyOf(name)}${required ? '' : '?'}: ${type}`].map(
      (line) => `  ${line}`,
    )
  }),
  '}',
]

/** On one line if it fits, otherwise one line per parameter; options with docs are always expanded. */
const methodLines = (name: string, parameters: readonly Lines[], width: number): string[] => {
  const short = parameters.map(inline)
  const whole = `${quoted(name)}(${short.join(', ')}): Promise<ExecResult>`
  if (!parameters.some(hasDocs) && whole.length <= width) return [whole]
  const fits = (text: string) => text.length + 3 <= width
  return [
    `${quoted(name)}(`,
    ...parameters.flatMap((lines, i) => {
      const line = short[i] ?? ''
      const shown = hasDocs(lines) || !fits(line) ? lines : [line]
      return shown.map((text, at) => `  ${text}${at === shown.length - 1 ? ',' : ''}`)
    }),
    '): Promise<ExecResult>',
  ]
}

const hasDocs = (lines: Lines): boolean => lines.some((line) => line.includes('/**'))

const inline = (lines: Lines): string => {
  if (lines.length === 1) return lines[0] ?? ''
  const inner = lines.slice(1, -1).map((line) => line.trim())
  return `${lines[0]} ${inner.join('; ')} }`
}

const argumentDocs = (args: readonly CommandArgument[], names: readonly string[]): string[] =>
  args.flatMap(({ doc }, i) => (doc ? [`@param ${names[i]} ${doc}`] : []))
