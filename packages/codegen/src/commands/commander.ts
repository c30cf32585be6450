import type { CommandArgument, CommandOption, ServiceCommand } from '../model/command.ts'
import type { ValueType } from '../model/value-type.ts'
import { jsonAnswer } from './answer.ts'
import { docOf, itemsOf, type JsonObject, objectOf, textOf } from './json-value.ts'
import { dependsOn } from './npm-package.ts'
import type { CommandProvider } from './provider.ts'

/** Tools made with commander, queried from inside: a preloaded module replaces its parser. */
export const commander: CommandProvider = {
  kind: 'commander',
  detect: ({ files }) => dependsOn(files, 'commander'),
  probe: {
    ask: async (run, argv) =>
      jsonAnswer(argv, await run(argv, { env: { NODE_OPTIONS: `--import=${preload()}` } })),
    read: (answer) => itemsOf(objectOf(answer).commands).map((item) => command(objectOf(item))),
  },
}

// ---

const preload = (): string =>
  `data:text/javascript;base64,${Buffer.from(script).toString('base64')}`

/**
 * Runs in the tool's process before the tool. Resolves commander from the tool's file, to patch the copy that the tool
 * loads; a commander that is bundled into the tool is not found.
 */
const script = `
const { createRequire, findPackageJSON } = process.getBuiltinModule('module')
const { realpathSync } = process.getBuiltinModule('fs')
const { pathToFileURL } = process.getBuiltinModule('url')
const main = realpathSync(process.argv[1])
const path = createRequire(main).resolve('commander')
const loaded = [createRequire(main)('commander'), await import(pathToFileURL(path).href)]
const classes = new Set(loaded.flatMap((m) => [m.Command, m.default && m.default.Command]).filter(Boolean))
const type = (item) => ({
  choices: item.argChoices ?? null,
  number: [Number, parseInt, parseFloat, Number.parseInt].includes(item.parseArg),
})
const walk = (command, words) => {
  const below = command.commands.filter((child) => !child._hidden && child.name() !== 'help')
  const found = below.flatMap((child) => walk(child, [...words, child.name()]))
  const runs = command._actionHandler || command._executableHandler || below.length === 0
  if (words.length === 0 || !runs) return found
  const args = command.registeredArguments ?? command._args
  return [
    {
      name: words.join(' '),
      help: command.summary() || command.description(),
      args: args.map((item) => ({
        name: item.name(), required: item.required, variadic: item.variadic, help: item.description, ...type(item),
      })),
      options: command.options.filter((item) => !item.hidden && item.long !== '--version').map((item) => ({
        long: item.long ?? null, short: item.short ?? null, value: item.required || item.optional,
        optional: item.optional, variadic: item.variadic, mandatory: item.mandatory,
        default: item.defaultValue !== undefined, help: item.description, ...type(item),
      })),
    },
    ...found,
  ]
}
function tell() {
  let root = this
  while (root.parent) root = root.parent
  const commands = walk(root, []).sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
  process.getBuiltinModule('fs').writeSync(1, '\\n' + JSON.stringify({ commands }) + '\\n')
  process.exit(0)
}
for (const each of classes) each.prototype.parse = each.prototype.parseAsync = tell
`

const command = ({ name, help, args, options }: JsonObject): ServiceCommand => ({
  name: textOf(name),
  ...docOf(help),
  args: itemsOf(args).map((item) => argument(objectOf(item))),
  options: itemsOf(options).map((item) => option(objectOf(item))),
})

const argument = (item: JsonObject): CommandArgument => ({
  name: textOf(item.name),
  required: item.required === true,
  variadic: item.variadic === true,
  type: valueType(item),
  ...docOf(item.help),
})

const option = (item: JsonObject): CommandOption => ({
  name: textOf(item.long).replace(/^--/, '') || textOf(item.short),
  ...(item.value === true ? { value: valueType(item) } : {}),
  ...(item.optional === true ? { valueOptional: true } : {}),
  multiple: item.variadic === true,
  required: item.mandatory === true && item.default !== true,
  ...docOf(item.help),
})

const valueType = ({ choices, number }: JsonObject): ValueType => {
  const values = itemsOf(choices).map(textOf)
  if (values.length > 0) return { kind: 'enum', values }
  return number === true ? { kind: 'number' } : { kind: 'string' }
}
