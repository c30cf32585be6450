import type { AnyTopology } from 'mesocosm'
import type { CommandProvider } from '../commands/provider.ts'
import { readCommands } from '../commands/read-commands.ts'
import { readEnv } from '../env/read-env.ts'
import type { GenerateWarning, ServiceFindings, TopologyFindings } from '../model/findings.ts'
import { probeFileOf } from '../probe/probe-file.ts'
import { pluginFindings } from './plugin-types.ts'
import type { SourcedService } from './sourced-services.ts'

/** Options of {@link find}. */
export interface FindOptions {
  /** Folder that file names are relative to: the topology file's. */
  readonly folder: string
  /** Module specifier whose `Register` is augmented. */
  readonly module: string
  /** Providers tried before the built-in ones. */
  readonly providers?: readonly CommandProvider[]
}

/** The findings of all services, and what could not be read. */
export interface Found {
  readonly findings: TopologyFindings
  readonly warnings: readonly GenerateWarning[]
}

/** Reads the sources of all services. Needs no engine and no network. */
export const find = async (
  topology: AnyTopology,
  services: readonly SourcedService[],
  { folder, module, providers }: FindOptions,
): Promise<Found> => {
  const found = await Promise.all(
    services.map(async (service): Promise<ServiceResult> => {
      const { name, folders, packages, dockerfile, target, cli, declared } = service
      const { env, warnings } = await readEnv({
        service: name,
        root: folder,
        folders,
        packages,
        ...(dockerfile === undefined ? {} : { dockerfile }),
        ...(target === undefined ? {} : { target }),
      })
      const { commands, warnings: more } = await readCommands({
        service: name,
        folder: folders.length === 0 ? undefined : folders,
        packages,
        cli,
        probeFile: probeFileOf(topology.root, name),
        ...(providers === undefined ? {} : { providers }),
      })
      // A command that is declared too would make editors drop the docs of all other commands.
      const own = commands.filter((command) => !declared.includes(command.name))
      return { findings: { service: name, env, commands: own }, warnings: [...warnings, ...more] }
    }),
  )
  return {
    findings: {
      topology: topology.name,
      module,
      services: [...found.map(({ findings }) => findings), ...pluginFindings(topology)],
    },
    warnings: found.flatMap(({ warnings }) => warnings),
  }
}

// ---

interface ServiceResult {
  readonly findings: ServiceFindings
  readonly warnings: readonly GenerateWarning[]
}
