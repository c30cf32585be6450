import type { CliDefinition } from 'mesocosm'
import type { CommandProvider, ToolFiles } from './provider.ts'
import { commandProviders } from './providers.ts'

/** `cli` in its long form. */
export const longCli = (cli: readonly string[] | CliDefinition): CliDefinition =>
  'argv' in cli ? cli : { argv: cli }

/**
 * The provider for a tool: of the kind that the topology names, else the first that knows it by its looks.
 * Without `cli` only one that reads files can be found.
 */
export const findProvider = (
  cli: CliDefinition | undefined,
  files: ToolFiles,
  more: readonly CommandProvider[] = [],
): CommandProvider | undefined => {
  const providers = [...more, ...commandProviders]
  if (cli?.kind !== undefined) return providers.find(({ kind }) => kind === cli.kind)
  return providers.find((provider) =>
    provider.detect({ files, ...(cli === undefined ? {} : { argv: cli.argv }) }),
  )
}
