/** Frameworks whose command-line tools `mesocosm gen` understands. */
export const cliKinds = [
  'symfony',
  'laravel',
  'django',
  'click',
  'typer',
  'oclif',
  'commander',
  'yargs',
  'cobra',
] as const

/** A framework whose command-line tools `mesocosm gen` understands. */
export type CliKind = (typeof cliKinds)[number]

/** How a service's own command-line tool is started in it. */
export interface CliDefinition {
  /** Program and first arguments, such as `['php', 'bin/console']`. */
  readonly argv: readonly string[]
  /** Framework it is made with; default guessed from its files and argv. Also decides the order of arguments. */
  readonly kind?: CliKind
}
