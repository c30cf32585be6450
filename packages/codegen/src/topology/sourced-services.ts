import { resolve } from 'node:path'
import type { AnyTopology, CliDefinition } from 'mesocosm'
import { longCli } from '../commands/find-provider.ts'
import { byCodeUnit } from '../render/quote.ts'
import { sourceFolder } from './source-folder.ts'
import { startedPackages } from './started-packages.ts'

/** A service with sources or a command-line tool to read. Paths are absolute. */
export interface SourcedService {
  readonly name: string
  readonly folders: readonly string[]
  /** Folders of the installed packages that the service runs, such as `directus`. */
  readonly packages: readonly string[]
  readonly dockerfile?: string
  readonly target?: string
  readonly cli?: readonly string[] | CliDefinition
  /** Names of the commands that the topology declares in `exec`. */
  readonly declared: readonly string[]
}

/**
 * Returns the services whose types can be read from files: those with a `build`, `sources` or a `cli`.
 * Plugins type their own services, and other images have no sources here.
 */
export const sourcedServices = ({ root, definition }: AnyTopology): SourcedService[] =>
  Object.entries(definition.services as Readonly<Record<string, WrittenService>>)
    .filter(([, service]) => !(pluginMark in service))
    .map(([name, service]) => sourced(name, service, root))
    .filter(({ folders, cli }) => folders.length > 0 || cli !== undefined)
    .toSorted((a, b) => byCodeUnit(a.name, b.name))

// ---

/** The symbol by which `mesocosm` marks the definitions that plugins create. */
const pluginMark = Symbol.for('mesocosm.plugin')

interface WrittenService {
  readonly build?:
    | string
    | { context: string; dockerfile?: string; dockerfileInline?: string; target?: string }
  readonly sources?: string | readonly string[]
  readonly cli?: readonly string[] | CliDefinition
  readonly exec?: object
  readonly command?: readonly string[]
  readonly entrypoint?: readonly string[]
}

const sourced = (name: string, service: WrittenService, root: string): SourcedService => {
  const { build, sources, cli, exec = {} } = service
  const written = typeof build === 'string' ? { context: build } : build
  const built = written && { ...written, context: resolve(root, written.context) }
  const folders =
    sources === undefined
      ? built === undefined
        ? []
        : [sourceFolder(built)]
      : [sources].flat().map((folder) => resolve(root, folder))
  const dockerfile =
    built && built.dockerfileInline === undefined
      ? resolve(built.context, built.dockerfile ?? 'Dockerfile')
      : undefined
  const argv = [
    ...(service.entrypoint ?? []),
    ...(service.command ?? []),
    ...(cli === undefined ? [] : longCli(cli).argv),
  ]
  return {
    name,
    folders,
    packages: startedPackages({ folders, argv, dockerfile }),
    ...(dockerfile && { dockerfile }),
    ...(built?.target === undefined ? {} : { target: built.target }),
    ...(cli === undefined ? {} : { cli }),
    declared: Object.keys(exec),
  }
}
