import { basename, dirname, join, posix, relative, sep } from 'node:path'
import type { CliDefinition } from 'mesocosm'
import type { Command } from '../model/command.ts'
import type { Warning } from '../model/findings.ts'
import { readProbeFile } from '../probe/probe-file.ts'
import { findProvider, longCli } from './find-provider.ts'
import { byName } from './json-value.ts'
import { isManifestBroken, manifest, readPackage } from './npm-package.ts'
import type { CommandProvider, ToolFiles } from './provider.ts'
import { commandProviders } from './providers.ts'
import { toolFiles } from './tool-files.ts'

export interface ReadCommandsOptions {
  readonly service: string
  /** Folders of the service's sources, absolute; none for a service that is only an image. */
  readonly folder: string | readonly string[] | undefined
  /** As the topology declares it. */
  readonly cli: readonly string[] | CliDefinition | undefined
  /** Where `probeService` has written the tool's answer: `probeFileOf(<topology folder>, service)`. */
  readonly probeFile: string
  /** Asked before the own ones. */
  readonly providers?: readonly CommandProvider[]
}

export interface FoundCommands {
  /** Sorted by name, by code unit. */
  readonly commands: readonly Command[]
  readonly warnings: readonly Warning[]
}

/**
 * The commands of a service as its files and its committed probe tell them. Runs nothing, needs no engine.
 *
 * @throws {MesocosmError} `TOPOLOGY_INVALID` when the probe file is no answer of `mesocosm gen --probe`.
 */
export const readCommands = async (options: ReadCommandsOptions): Promise<FoundCommands> => {
  const files = toolFiles(options.folder)
  const found = toolCommands(options, files)
  const commands = new Map(
    [...found.commands, ...readPackage(files)].map((command) => [command.name, command]),
  )
  return {
    commands: byName([...commands.values()]),
    warnings: [...found.warnings, ...manifestTrouble(options, files)],
  }
}

// ---

/** Without it there are no scripts and programs, and nobody would know why. */
const manifestTrouble = (
  { service, folder, probeFile }: ReadCommandsOptions,
  files: ToolFiles,
): readonly Warning[] => {
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
      message: 'is no JSON, so its scripts and programs are not typed',
    },
  ]
}

/** Commands are typed only where `cli` says how they are run. */
const toolCommands = (
  { service, cli: declared, probeFile, providers = [] }: ReadCommandsOptions,
  files: ToolFiles,
): FoundCommands => {
  if (declared === undefined) return { commands: [], warnings: [] }
  const cli = longCli(declared)
  const probed = readProbeFile(probeFile)
  const file = posix.join(basename(dirname(probeFile)), basename(probeFile))
  const warn = (message: string, suggestions?: readonly string[]): Warning => ({
    service,
    file,
    message,
    ...(suggestions === undefined ? {} : { suggestions }),
  })
  const provider = findProvider(cli, files, providers)
  if (provider === undefined) {
    const kinds = [...providers, ...commandProviders].map(({ kind }) => kind)
    const message =
      cli.kind === undefined
        ? `What \`${cli.argv.join(' ')}\` is made with cannot be told; name it in the topology: cli: { argv, kind }.`
        : `No kind of tool is called "${cli.kind}"; correct it in the topology: cli: { argv, kind }.`
    return { commands: [], warnings: [warn(message, kinds)] }
  }
  const fixed = provider.static?.(files)
  if (fixed !== undefined) return { commands: fixed, warnings: [] }
  if (provider.probe === undefined)
    return {
      commands: [],
      warnings: [warn(`The files of ${service} do not tell its ${provider.kind} commands.`)],
    }
  if (probed === undefined || probed.kind !== provider.kind)
    return {
      commands: [],
      warnings: [
        warn(
          `${service} was not asked for its ${provider.kind} commands yet; run \`mesocosm gen --probe\`.`,
        ),
      ],
    }
  // Its order of arguments is another one, and at run time nobody looks at files.
  const unnamed = provider.kind === 'yargs' && cli.kind === undefined
  const isOld = JSON.stringify(probed.argv) !== JSON.stringify(cli.argv)
  return {
    commands: provider.probe.read(probed.answer),
    warnings: [
      ...(isOld
        ? [
            warn(
              `${service} starts its tool in another way now than when it was asked; run \`mesocosm gen --probe\`.`,
            ),
          ]
        : []),
      ...(unnamed
        ? [warn(`Name the kind, so that positionals reach yargs: cli: { argv, kind: 'yargs' }.`)]
        : []),
    ],
  }
}
