import type { Command } from '../model/command.ts'
import { byName, docOf, itemsOf, objectOf, textOf } from './json-value.ts'
import type { CommandProvider, Json, RunTool, Tool } from './provider.ts'

/** One thing that could be typed next. */
export interface Completion {
  readonly name: string
  readonly help: string
}

/** What could follow `words`, as a tool tells a shell. */
export type Complete = (
  run: RunTool,
  argv: readonly string[],
  words: readonly string[],
) => Promise<readonly Completion[]>

/**
 * A provider for tools that tell no more than what a shell completes: names, flags and what they are for, but neither
 * types nor which words a command takes. So a command takes any positionals, and every flag may have one value.
 */
export const completingTool = (
  kind: string,
  detect: (tool: Tool) => boolean,
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

/** Deeper than any tool goes; some complete their own arguments for ever. */
const deepest = 4

const walk = async (
  complete: (words: readonly string[]) => Promise<readonly Completion[]>,
  words: readonly string[],
): Promise<readonly Json[]> => {
  const found: Json[] = []
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
  // Below a command it may be a value of an argument; those have no descriptions.
  (depth === 0 || help !== '')

const isOwnFlag = ({ name }: Completion): boolean =>
  name.startsWith('--') && name !== '--help' && name !== '--version'

const plain = ({ name, help }: Completion): Json => ({ name, help })

const command = (item: Json): Command => {
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
