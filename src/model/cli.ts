/** Frameworks whose command-line tools are understood. */
export type CliKind = (typeof cliKinds)[number]

/** How a service's own command-line tool is started in it. */
export interface CliDefinition {
  /** Program and first arguments, such as `['php', 'bin/console']`. */
  readonly argv: readonly string[]
  /** What it is made with; default what its files and argv look like. Decides about the order of arguments too. */
  readonly kind?: CliKind
}

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

/** The `cli` of a definition in its long form; `undefined` when it has none or a wrong one. */
export const cliOf = (definition: unknown): CliDefinition | undefined => {
  if (!isRecord(definition) || !isCli(definition.cli)) return undefined
  return isArgv(definition.cli) ? { argv: definition.cli } : definition.cli
}

export const isCli = (cli: unknown): cli is readonly string[] | CliDefinition =>
  isArgv(cli) ||
  (isRecord(cli) &&
    isArgv(cli.argv) &&
    (cli.kind === undefined || cliKinds.some((kind) => kind === cli.kind)) &&
    Object.keys(cli).every((key) => key === 'argv' || key === 'kind'))

export const isSources = (sources: unknown): sources is string | readonly string[] =>
  typeof sources === 'string' || (Array.isArray(sources) && sources.every(isText))

// ---

const isArgv = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.length > 0 && value.every(isText)

const isText = (value: unknown): value is string => typeof value === 'string'

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
