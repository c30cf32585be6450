import type { Command } from './command.ts'

/** Returns what `mesocosm --help` prints. */
export const overview = (commands: ReadonlyMap<string, Command>): string =>
  page([
    'Usage: mesocosm <command> [options]',
    'Start the services of a topology for tests, look at them and change them.',
    section(
      'Commands',
      [...commands].map(([name, { summary }]) => [name, summary]),
    ),
    section('Options', [...Object.entries(commonHelp), ['-v, --version', 'print the version']]),
    'Run `mesocosm <command> --help` for the options of a command.\nExit codes: 0 success, 1 failure, 2 wrong usage.',
  ])

/** Returns what `mesocosm <command> --help` prints. */
export const helpOf = (name: string, command: Command): string =>
  page([
    `Usage: ${usageOf(name, command)}`,
    `${command.summary}.`,
    ...(command.description === undefined ? [] : [command.description.join('\n')]),
    section('Options', Object.entries({ ...command.optionHelp, ...without(command) })),
  ])

/** Returns how a command is called. */
export const usageOf = (name: string, { usage }: Pick<Command, 'usage'>): string =>
  `mesocosm ${name} ${usage}`

// ---

const commonHelp = {
  '--topology <file>':
    'topology file (default: topology.ts or mesocosm.config.ts, here or in a parent folder)',
  '--verbose': 'print the stack of an error, and its causes',
  '-h, --help': 'print this help',
}

/** Common options, except those that the command describes itself. */
const without = ({ optionHelp }: Command) =>
  Object.fromEntries(Object.entries(commonHelp).filter(([flags]) => !(flags in optionHelp)))

const page = (parts: readonly string[]): string => `${parts.join('\n\n')}\n`

const section = (title: string, rows: readonly (readonly [string, string])[]): string => {
  const width = Math.max(...rows.map(([name]) => name.length))
  return [`${title}:`, ...rows.map(([name, text]) => `  ${name.padEnd(width)}  ${text}`)].join('\n')
}
