import type { CommandArgument, CommandOption, ServiceCommand } from '../model/command.ts'
import type { ValueType } from '../model/value-type.ts'
import { docOf, isObject, itemsOf, type JsonObject, objectOf, textOf } from './json-value.ts'
import type { CommandProvider } from './provider.ts'

const manifest = 'oclif.manifest.json'

/** Tools made with oclif, which lists its commands in a file of the package. */
export const oclif: CommandProvider = {
  kind: 'oclif',
  detect: ({ files }) => files.has(manifest),
  static: (files) => {
    const text = files.text(manifest)
    if (text === undefined) return undefined
    const { commands } = objectOf(JSON.parse(text))
    return Object.entries(objectOf(commands))
      .map(([id, item]): [string, JsonObject] => [id, objectOf(item)])
      .filter(([id, { hidden }]) => hidden !== true && !/^(help|autocomplete)\b/.test(id))
      .map(([id, item]) => command(id, item))
  },
}

// ---

const command = (id: string, item: JsonObject): ServiceCommand => {
  const args = named(item.args).map(argument)
  const rest: CommandArgument = {
    name: 'rest',
    required: false,
    variadic: true,
    type: { kind: 'string' },
  }
  return {
    name: id,
    ...docOf(textOf(item.summary) || textOf(item.description)),
    args: item.strict === false && !args.some(({ variadic }) => variadic) ? [...args, rest] : args,
    options: named(item.flags).flatMap(options),
  }
}

/** Handles both versions of the manifest: an object by name, and the array of version 1. */
const named = (items: unknown): readonly JsonObject[] =>
  (isObject(items)
    ? Object.entries(items).map(([name, item]) => ({ name, ...objectOf(item) }))
    : itemsOf(items).map(objectOf)
  ).filter(({ hidden }) => hidden !== true)

const argument = (item: JsonObject): CommandArgument => ({
  name: textOf(item.name),
  required: item.required === true,
  variadic: item.multiple === true,
  type: valueType(item),
  ...docOf(item.description),
})

const options = (item: JsonObject): readonly CommandOption[] => {
  const name = textOf(item.name)
  const doc = docOf(textOf(item.summary) || textOf(item.description))
  const multiple = item.multiple === true
  if (item.type !== 'boolean')
    return [{ name, value: valueType(item), multiple, required: item.required === true, ...doc }]
  const flag: CommandOption = { name, multiple: false, required: false, ...doc }
  return item.allowNo === true ? [flag, { ...flag, name: `no-${name}` }] : [flag]
}

const valueType = ({ options: choices }: JsonObject): ValueType => {
  const values = itemsOf(choices).map(textOf)
  return values.length > 0 ? { kind: 'enum', values } : { kind: 'string' }
}
