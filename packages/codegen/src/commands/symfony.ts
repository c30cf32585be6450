import type { CommandArgument, CommandOption, ServiceCommand } from '../model/command.ts'
import { jsonAnswer } from './answer.ts'
import { byName, docOf, itemsOf, type JsonObject, objectOf, textOf } from './json-value.ts'
import type { CommandProvider, CommandTool, JsonValue } from './provider.ts'

/** Tools made with Symfony's console component, with or without the framework. */
export const symfony: CommandProvider = consoleTool('symfony', ({ argv = [] }) =>
  argv.some((word) => /(^|\/)bin\/console$/.test(word)),
)

/** Laravel's artisan, which is based on the same component. */
export const laravel: CommandProvider = consoleTool('laravel', ({ argv = [] }) =>
  argv.some((word) => /(^|\/)artisan$/.test(word)),
)

// ---

function consoleTool(kind: string, detect: (tool: CommandTool) => boolean): CommandProvider {
  return {
    kind,
    detect,
    probe: {
      ask: async (run, argv) => {
        const asked = [...argv, 'list', '--format=json', '--no-interaction']
        return tidy(jsonAnswer(asked, await run(asked)))
      },
      read: (answer) => itemsOf(objectOf(answer).commands).map((item) => command(objectOf(item))),
    },
  }
}

/** Removes versions, help with paths, defaults that can come from the environment, and options of all commands. */
const tidy = (answer: JsonValue): JsonValue => {
  const commands = itemsOf(objectOf(answer).commands).map(objectOf)
  const shared = sharedOptions(commands)
  const own = commands.filter(
    ({ name, hidden }) => hidden !== true && !/^(_.*|help|list|completion)$/.test(textOf(name)),
  )
  return {
    commands: byName(
      own.map(({ name, description = '', definition }) => ({
        name: textOf(name),
        description,
        arguments: itemsOf(objectOf(definition).arguments).map((item) =>
          pick(item, ['name', 'is_required', 'is_array', 'description']),
        ),
        options: itemsOf(objectOf(definition).options)
          .filter((item) => !shared.has(textOf(objectOf(item).name)))
          .map((item) =>
            pick(item, ['name', 'accept_value', 'is_value_required', 'is_multiple', 'description']),
          ),
      })),
    ),
  }
}

const frameworkOptions = [
  ...['help', 'quiet', 'silent', 'verbose', 'version', 'ansi', 'no-ansi', 'no-interaction'],
  ...['env', 'no-debug', 'profile'],
].map((name) => `--${name}`)

/** Options of the application itself: those of the `help` command, except its own two. */
const sharedOptions = (commands: readonly JsonObject[]): ReadonlySet<string> => {
  const help = commands.find(({ name }) => name === 'help')
  const ofHelp = itemsOf(objectOf(help?.definition).options).map((item) =>
    textOf(objectOf(item).name),
  )
  const own = ['--format', '--raw']
  return new Set([...frameworkOptions, ...ofHelp.filter((name) => !own.includes(name))])
}

const pick = (item: JsonValue, keys: readonly string[]): JsonObject =>
  Object.fromEntries(keys.map((key) => [key, objectOf(item)[key] ?? null]))

const command = ({ name, description, arguments: args, options }: JsonObject): ServiceCommand => ({
  name: textOf(name),
  ...plainDoc(description),
  args: itemsOf(args).map((item) => argument(objectOf(item))),
  options: itemsOf(options).map((item) => option(objectOf(item))),
})

const argument = ({ name, is_required, is_array, description }: JsonObject): CommandArgument => ({
  name: textOf(name),
  required: is_required === true,
  variadic: is_array === true,
  type: { kind: 'string' },
  ...plainDoc(description),
})

const option = (item: JsonObject): CommandOption => ({
  name: textOf(item.name).replace(/^--/, ''),
  ...(item.accept_value === true ? { value: { kind: 'string' } } : {}),
  ...(item.accept_value === true && item.is_value_required !== true ? { valueOptional: true } : {}),
  multiple: item.is_multiple === true,
  required: false,
  ...plainDoc(item.description),
})

/** Removes the tags of the console's formatter. */
const plainDoc = (text: JsonValue | undefined) =>
  docOf(
    textOf(text).replaceAll(/<\/?(?:info|comment|question|error|href|fg|bg|options)?[^<> ]*>/g, ''),
  )
