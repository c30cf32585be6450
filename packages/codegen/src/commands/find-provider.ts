import type { CliDefinition } from 'mesocosm'
import type { CommandProvider, ToolFiles } from './provider.ts'
import { commandProviders } from './providers.ts'

/** Returns `cli` in its long form. */
export const longCli = (cli: readonly string[] | CliDefinition): CliDefinition =>
  'argv' in cli ? cli : { argv: cli }

/**
 * Returns the provider of the kind that the topology names, otherwise the first that detects the tool.
 * Several sets of files are asked in their order: the service's own, then those of the packages that it runs.
 * Without `cli`, only providers that read files can detect it.
 */
export const findProvider = (
  cli: CliDefinition | undefined,
  files: ToolFiles | readonly ToolFiles[],
  more: readonly CommandProvider[] = [],
): CommandProvider | undefined => {
  const providers = [...more, ...commandProviders]
  if (cli?.kind !== undefined) return providers.find(({ kind }) => kind === cli.kind)
  const argv = cli === undefined ? {} : { argv: cli.argv }
  for (const each of [files].flat()) {
    const found = providers.find((provider) => provider.detect({ files: each, ...argv }))
    if (found !== undefined) return found
  }
  return undefined
}
