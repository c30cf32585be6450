import type { Argument, Command, Option } from '../model/command.ts'
import { docLines } from './doc.ts'
import { parameterNames } from './parameter-names.ts'
import { byCodeUnit, keyOf, quoted } from './quote.ts'
import { argumentType, listOf } from './value-type.ts'

/**
 * A command as methods: arguments become parameters, options a bag after them. One overload for each optional argument,
 * so that the bag can follow however many are given: `f('a', { force: true })`, `f('a', 'b', { force: true })`.
 */
export const commandLines = (command: Command, width: number): string[] => {
  const { name, doc, args } = command
  const options = command.options.toSorted((a, b) => byCodeUnit(a.name, b.name))
  const names = parameterNames(
    args.map((arg) => arg.name),
    options.length > 0 ? ['options'] : [],
  )
  const comment = docLines([doc, ...argumentDocs(args, names)])
  return countsOf(args, options).flatMap((count) => {
    const parameters = args
      .slice(0, count)
      .map((arg, i) => [parameter(arg, names[i] ?? arg.name, options.length === 0)])
    const bag = options.length > 0 ? [bagLines(options)] : []
    return [...comment, ...methodLines(name, [...parameters, ...bag], width)]
  })
}

// ---

type Lines = readonly string[]

/** How many arguments each overload takes. A rest parameter takes none by itself. */
const countsOf = (args: readonly Argument[], options: readonly Option[]): number[] => {
  const must = args.filter(({ required }) => required).length
  const rest = options.length === 0 && args.at(-1)?.variadic === true ? 1 : 0
  const least = Math.min(must, args.length - rest)
  const counts = Array.from({ length: args.length - least + 1 }, (_, i) => least + i)
  // The overload without the rest parameter says nothing that the one with it does not.
  return rest === 1 ? counts.filter((count) => count !== args.length - 1) : counts
}

const parameter = ({ variadic, required, type }: Argument, name: string, mayRest: boolean) => {
  const one = argumentType(type)
  if (!variadic) return `${name}: ${one}`
  const many = listOf(one)
  const list = required ? `readonly [${one}, ...${many.replace(/^readonly /, '')}]` : many
  return mayRest ? `...${name}: ${list}` : `${name}: ${list}`
}

const bagLines = (options: readonly Option[]): Lines => [
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

/** On one line where it fits, else a line for each parameter; options with docs have lines of their own. */
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

const argumentDocs = (args: readonly Argument[], names: readonly string[]): string[] =>
  args.flatMap(({ doc }, i) => (doc ? [`@param ${names[i]} ${doc}`] : []))
