import type { ServiceCommand } from '../model/command.ts'
import { byName, docOf, itemsOf, objectOf, textOf } from './json-value.ts'
import type { CommandProvider, CommandTool, JsonValue, RunTool } from './provider.ts'

/** A word that a shell would offer next. */
export interface Completion {
  readonly name: string
  readonly help: string
}

/** Returns the completions that the tool offers a shell after `words`. */
export type Complete = (
  run: RunTool,
  argv: readonly string[],
  words: readonly string[],
) => Promise<readonly Completion[]>

/**
 * Creates a provider for tools of which only the shell completion is known: names, flags and descriptions, but neither
 * types nor positional arguments. So commands take any positionals, and every flag can have one value.
 */
export const completingTool = (
  kind: string,
  detect: (tool: CommandTool) => boolean,
  complete: Complete,
): CommandProvider => ({
  kind,
  detect,
  probe: {
    ask: async (run, argv) => ({ commands: await walk((words) => complete(run, argv, words), []) }),
    read: (answer) => itemsOf(objectOf(answer).commands).map(command),
  },
})

// ---

/** Deeper than real tools nest commands; some complete their own arguments endlessly. */
const deepest = 4

const walk = async (
  complete: (words: readonly string[]) => Promise<readonly Completion[]>,
  words: readonly string[],
): Promise<readonly JsonValue[]> => {
  const found: JsonValue[] = []
  for (const { name, help } of byName(await complete([...words, '']))) {
    if (!isCommand({ name, help }, words.length)) continue
    const path = [...words, name]
    const below = path.length < deepest ? await walk(complete, path) : []
    const flags = below.length > 0 ? [] : await complete([...path, '--'])
    if (below.length > 0) found.push(...below)
    else
      found.push({ name: path.join(' '), help, flags: byName(flags).filter(isOwnFlag).map(plain) })
  }
  return found
}

const isCommand = ({ name, help }: Completion, depth: number): boolean =>
  /^[a-z]/i.test(name) &&
  !/^(help|completion)$/.test(name) &&
  // Below a command it can be an argument's value, which has no description.
  (depth === 0 || help !== '')

const isOwnFlag = ({ name }: Completion): boolean =>
  name.startsWith('--') && name !== '--help' && name !== '--version'

const plain = ({ name, help }: Completion): JsonValue => ({ name, help })

const command = (item: JsonValue): ServiceCommand => {
  const { name, help, flags } = objectOf(item)
  return {
    name: textOf(name),
    ...docOf(help),
    args: [{ name: 'args', required: false, variadic: true, type: { kind: 'string' } }],
    options: itemsOf(flags).map((flag) => ({
      name: textOf(objectOf(flag).name).replace(/^--/, ''),
      value: { kind: 'string' },
      valueOptional: true,
      multiple: false,
      required: false,
      ...docOf(objectOf(flag).help),
    })),
  }
}
