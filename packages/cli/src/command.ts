import type { ParseArgsOptionsConfig, parseArgs } from 'node:util'
import type { Terminal } from './tree/screen.ts'

/** What a command uses of its process. */
export interface Io {
  /** Working folder. */
  readonly cwd: string
  /** Environment variables. */
  readonly env: NodeJS.ProcessEnv
  /** Where results go. */
  readonly stdout: Terminal
  /** Where warnings and errors go. */
  readonly stderr: Terminal
  /** Reads all piped input; `undefined` for a terminal, or if nothing was piped. */
  readonly stdin: () => Promise<string | undefined>
  /** Whether a coding agent reads the output: it gets less of it, and nothing that moves. */
  readonly agent: boolean
}

/** One command: its help, its options and what it does. */
export interface Command<O extends ParseArgsOptionsConfig = ParseArgsOptionsConfig> {
  /** One line for the list of commands. */
  readonly summary: string
  /** Arguments after the command's name, such as `<service> [options]`. */
  readonly usage: string
  /** Lines of `--help` below the summary, each one or two sentences. */
  readonly description?: readonly string[]
  /** What each option does, by its flags as the help shows them, such as `--tail <n>`. */
  readonly optionHelp: Readonly<Record<string, string>>
  /** Options, as `parseArgs` of `node:util` takes them. */
  readonly options: O
  /** Whether arguments after `--` are allowed. Default false. */
  readonly takesRest?: boolean
  /** Returns the exit code: 0 success, 1 failure. Throws {@link UsageError} for 2. */
  run(input: Input<O>, io: Io): Promise<number>
}

/** The arguments of one call of a command. */
export interface Input<O extends ParseArgsOptionsConfig> {
  /** Values of options, by name. */
  readonly values: Values<O & typeof commonOptions>
  /** Arguments that are not options. */
  readonly positionals: readonly string[]
  /** Everything after `--`. */
  readonly rest: readonly string[]
}

type Values<O extends ParseArgsOptionsConfig> = ReturnType<
  typeof parseArgs<{ options: O; strict: true }>
>['values']

/** Options of every command. */
export const commonOptions = {
  topology: { type: 'string' },
  verbose: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const

/** Wrong usage: exit code 2. */
export class UsageError extends Error {}

/** Returns the command; infers the types of its options. */
export const defineCommand = <const O extends ParseArgsOptionsConfig>(
  command: Command<O>,
): Command => command as unknown as Command
