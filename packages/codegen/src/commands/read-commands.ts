import { basename, dirname, join, posix, relative, sep } from 'node:path'
import type { CliDefinition } from 'mesocosm'
import type { ServiceCommand } from '../model/command.ts'
import type { GenerateWarning } from '../model/findings.ts'
import { readProbeFile } from '../probe/probe-file.ts'
import { findProvider, longCli } from './find-provider.ts'
import { byName } from './json-value.ts'
import { isManifestBroken, manifest, readPackage } from './npm-package.ts'
import type { CommandProvider, ToolFiles } from './provider.ts'
import { commandProviders } from './providers.ts'
import { toolFiles } from './tool-files.ts'

/** Options of {@link readCommands}. */
export interface ReadCommandsOptions {
  readonly service: string
  /** Absolute source folders of the service; `undefined` if it is only an image. */
  readonly folder: string | readonly string[] | undefined
  /** Folders of the installed packages that the service runs; a tool of theirs is recognized, too. */
  readonly packages?: readonly string[]
  /** The service's `cli` from the topology. */
  readonly cli: readonly string[] | CliDefinition | undefined
  /** File that `probeService` writes: `probeFileOf(<topology folder>, service)`. */
  readonly probeFile: string
  /** Tried before the built-in ones. */
  readonly providers?: readonly CommandProvider[]
}

/** Result of {@link readCommands}. */
export interface FoundCommands {
  /** Sorted by name, by code unit. */
  readonly commands: readonly ServiceCommand[]
  readonly warnings: readonly GenerateWarning[]
}

/**
 * Returns the commands of a service from its files and its committed probe file. Runs nothing, needs no engine.
 *
 * @throws {MesocosmError} `TOPOLOGY_INVALID` if the probe file was not written by `mesocosm gen --probe`.
 */
export const readCommands = async (options: ReadCommandsOptions): Promise<FoundCommands> => {
  const files = toolFiles(options.folder)
  const found = toolCommands(options, files)
  const commands = new Map(
    [...found.commands, ...readPackage(files)].map((command) => [command.name, command]),
  )
  return {
    commands: byName([...commands.values()]),
    warnings: [...found.warnings, ...manifestWarnings(options, files)],
  }
}

// ---

/** Explains why the scripts and programs of the package are missing. */
const manifestWarnings = (
  { service, folder, probeFile }: ReadCommandsOptions,
  files: ToolFiles,
): readonly GenerateWarning[] => {
  if (!isManifestBroken(files)) return []
  const file = join(
    [folder ?? []].flat().find((each) => toolFiles(each).has(manifest)) ?? '',
    manifest,
  )
  const root = dirname(dirname(probeFile))
  return [
    {
      service,
      file: relative(root, file).split(sep).join('/'),
      message: 'is not valid JSON, so its scripts and programs are not typed',
    },
  ]
}

/** Requires `cli`: without it, there is no way to run the commands. */
const toolCommands = (
  { service, cli: declared, packages = [], probeFile, providers = [] }: ReadCommandsOptions,
  files: ToolFiles,
): FoundCommands => {
  if (declared === undefined) return { commands: [], warnings: [] }
  const cli = longCli(declared)
  const probed = readProbeFile(probeFile)
  const file = posix.join(basename(dirname(probeFile)), basename(probeFile))
  const warn = (message: string, suggestions?: readonly string[]): GenerateWarning => ({
    service,
    file,
    message,
    ...(suggestions === undefined ? {} : { suggestions }),
  })
  const provider = findProvider(cli, [files, ...packages.map(toolFiles)], providers)
  if (provider === undefined) {
    const kinds = [...providers, ...commandProviders].map(({ kind }) => kind)
    const message =
      cli.kind === undefined
        ? `the framework of \`${cli.argv.join(' ')}\` could not be detected; set \`cli: { argv, kind }\` in the topology`
        : `"${cli.kind}" is not a known kind of command-line tool; correct \`cli: { argv, kind }\` in the topology`
    return { commands: [], warnings: [warn(message, kinds)] }
  }
  const fixed = provider.static?.(files)
  if (fixed !== undefined) return { commands: fixed, warnings: [] }
  if (provider.probe === undefined)
    return {
      commands: [],
      warnings: [warn(`no file of ${service} lists its ${provider.kind} commands`)],
    }
  if (probed === undefined || probed.kind !== provider.kind)
    return {
      commands: [],
      warnings: [
        warn(
          `${service} was not probed for its ${provider.kind} commands yet; run \`mesocosm gen --probe\``,
        ),
      ],
    }
  // yargs needs another argument order, and the kind is not detected from files at run time.
  const unnamed = provider.kind === 'yargs' && cli.kind === undefined
  const isOld = JSON.stringify(probed.argv) !== JSON.stringify(cli.argv)
  return {
    commands: provider.probe.read(probed.answer),
    warnings: [
      ...(isOld
        ? [
            warn(
              `\`cli\` of ${service} has changed since it was probed; run \`mesocosm gen --probe\``,
            ),
          ]
        : []),
      ...(unnamed
        ? [warn(`set the kind, so that positionals reach yargs: \`cli: { argv, kind: 'yargs' }\``)]
        : []),
    ],
  }
}
