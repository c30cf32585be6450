import type { CliDefinition } from './cli.ts'

/** The named commands of a service, as far as they are data. */
export interface ServiceCommands {
  /** The service's own command-line tool, whose commands can be called by name. */
  readonly cli?: CliDefinition | undefined
  /** Program and arguments of the commands that take no arguments. */
  readonly fixed?: Readonly<Record<string, readonly string[]>> | undefined
  /** Names of commands whose argv is made by a function, which only the test process can call. */
  readonly computed?: readonly string[] | undefined
}
