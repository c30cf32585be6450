import { type CliDefinition, cliKinds } from '../model/cli.ts'
import { isRecord } from '../model/record.ts'

/** Returns the `cli` of a service definition in its long form; `undefined` if it is missing or malformed. */
export const cliOf = (definition: unknown): CliDefinition | undefined => {
  if (!isRecord(definition) || !isCli(definition.cli)) return undefined
  return isArgv(definition.cli) ? { argv: definition.cli } : definition.cli
}

/** Whether a value is a well-formed `cli` key. */
export const isCli = (cli: unknown): cli is readonly string[] | CliDefinition =>
  isArgv(cli) ||
  (isRecord(cli) &&
    isArgv(cli.argv) &&
    (cli.kind === undefined || cliKinds.some((kind) => kind === cli.kind)) &&
    Object.keys(cli).every((key) => key === 'argv' || key === 'kind'))

/** Whether a value is a well-formed `sources` key. */
export const isSources = (sources: unknown): sources is string | readonly string[] =>
  typeof sources === 'string' || (Array.isArray(sources) && sources.every(isString))

// ---

const isArgv = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.length > 0 && value.every(isString)

const isString = (value: unknown): value is string => typeof value === 'string'
