import type { ParseArgsOptionsConfig, parseArgs } from 'node:util'
import type { Terminal } from './tree/screen.ts'

/** The world as a command sees it. */
export interface Io {
  readonly cwd: string
  readonly env: NodeJS.ProcessEnv
  readonly stdout: Terminal
  readonly stderr: Terminal
  /** What was piped in, whole; `undefined` for a terminal or when nothing was. */
  readonly stdin: () => Promise<string | undefined>
}

/** One word of the command line: what it takes, what it says, what it does. */
export interface Command<O extends ParseArgsOptionsConfig = ParseArgsOptionsConfig> {
  readonly summary: string
  /** After the command's name, such as `[-f] <service>`. */
  readonly usage: string
  /** More lines for `--help`; what each option means is said here. */
  readonly help: readonly string[]
  readonly options: O
  /** Whether words after `--` mean something; default `false`. */
  readonly takesRest?: boolean
  /** Returns the exit code: 0 done, 1 failed. Throws {@link UsageError} for 2. */
  run(input: Input<O>, io: Io): Promise<number>
}

export interface Input<O extends ParseArgsOptionsConfig> {
  readonly values: Values<O & typeof commonOptions>
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

/** Called wrongly: exit code 2. */
export class UsageError extends Error {}

/** Keeps the types of options together. */
export const defineCommand = <const O extends ParseArgsOptionsConfig>(
  command: Command<O>,
): Command => command as unknown as Command
