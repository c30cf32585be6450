import type { AnyTopology } from 'mesocosm'
import type { CommandProvider } from '../commands/provider.ts'
import { readCommands } from '../commands/read-commands.ts'
import { readEnv } from '../env/read-env.ts'
import type { ServiceFindings, TopologyFindings, Warning } from '../model/findings.ts'
import { probeFileOf } from '../probe/probe-file.ts'
import type { SourcedService } from './sourced-services.ts'

export interface FindOptions {
  /** Folder that findings name their files from: the topology file's. */
  readonly folder: string
  readonly module: string
  readonly providers?: readonly CommandProvider[]
}

export interface Found {
  readonly findings: TopologyFindings
  readonly warnings: readonly Warning[]
}

/** Reads the sources of all services; needs no engine and no network. */
export const find = async (
  topology: AnyTopology,
  services: readonly SourcedService[],
  { folder, module, providers }: FindOptions,
): Promise<Found> => {
  const found = await Promise.all(
    services.map(async (service): Promise<Of> => {
      const { name, folders, dockerfile, target, cli, declared } = service
      const { env, warnings } = await readEnv({
        service: name,
        root: folder,
        folders,
        ...(dockerfile === undefined ? {} : { dockerfile }),
        ...(target === undefined ? {} : { target }),
      })
      const { commands, warnings: more } = await readCommands({
        service: name,
        folder: folders.length === 0 ? undefined : folders,
        cli,
        probeFile: probeFileOf(topology.root, name),
        ...(providers === undefined ? {} : { providers }),
      })
      // Declared ones win in the types too, but one there under both names would cost all others their docs.
      const own = commands.filter((command) => !declared.includes(command.name))
      return { findings: { service: name, env, commands: own }, warnings: [...warnings, ...more] }
    }),
  )
  return {
    findings: {
      topology: topology.name,
      module,
      services: found.map(({ findings }) => findings),
    },
    warnings: found.flatMap(({ warnings }) => warnings),
  }
}

// ---

interface Of {
  readonly findings: ServiceFindings
  readonly warnings: readonly Warning[]
}
