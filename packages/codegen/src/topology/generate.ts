import { dirname, relative, resolve, sep } from 'node:path'
import type { AnyTopology } from 'mesocosm'
import { artefactDiff, writeArtefact } from '../artefact/artefact.ts'
import { artefactPath } from '../artefact/out-path.ts'
import type { CommandProvider } from '../commands/provider.ts'
import type { Warning } from '../model/findings.ts'
import { render } from '../render/render.ts'
import { askTools } from './ask-tools.ts'
import { find } from './find.ts'
import { commandOf } from './gen-command.ts'
import { refuseNameClash } from './name-clash.ts'
import { registerModule } from './register-module.ts'
import { sourcedServices } from './sourced-services.ts'

export interface GenerateOptions {
  /** The file that declares the topology, absolute or from the working folder. */
  readonly file: string
  /** Specifier whose `Register` is augmented; default the one that the file imports `defineTopology` from. */
  readonly module?: string
  /** The file to write; default `<name>.gen.ts` beside the topology file. */
  readonly out?: string
  /** Write nothing, and tell the difference. Default `false`. */
  readonly check?: boolean
  /** Ask services that declare a `cli` for their commands first, in images that are built already. Default `false`. */
  readonly probe?: boolean
  /** Frameworks of command-line tools besides those that are known, asked before them. */
  readonly providers?: readonly CommandProvider[]
}

export interface Generated {
  readonly topology: string
  /** The generated file, absolute. */
  readonly path: string
  /** Whether it was written, or with `check`, would have been. */
  readonly changed: boolean
  /** With `check`, how it differs: a unified diff. */
  readonly diff?: string
  /** What was seen and could not be read. */
  readonly warnings: readonly Warning[]
  /** Folders that were read, absolute. */
  readonly folders: readonly string[]
}

/**
 * Writes the types of a topology's env keys and commands beside it, as its services' sources tell them.
 * Without `probe` it reads files only: no engine, no network, the same result on every machine.
 *
 * @throws {MesocosmError} `GENERATED_FILE_FOREIGN`, `FILE_UNWRITABLE`, `DISK_FULL`, `TOPOLOGY_INVALID`; with `probe` also `IMAGE_NOT_FOUND`, `EXEC_FAILED`.
 */
export const generate = async (
  topology: AnyTopology,
  options: GenerateOptions,
): Promise<Generated> => {
  const { providers, probe = false, check = false } = options
  const file = resolve(options.file)
  const path = options.out === undefined ? artefactPath(file) : resolve(options.out)
  const module = options.module ?? registerModule(file)
  await refuseNameClash(path, topology.name)
  const services = sourcedServices(topology)
  const extra = providers === undefined ? {} : { providers }
  if (probe) await askTools(topology, services, providers)
  const { findings, warnings } = await find(topology, services, {
    folder: dirname(file),
    module,
    ...extra,
  })
  const text = render(findings, commandOf(file, options))
  const told = { topology: topology.name, path, warnings, folders: foldersOf(services) }
  if (!check) return { ...told, changed: await writeArtefact(path, text) }
  const diff = await artefactDiff(path, text, relative(process.cwd(), path).split(sep).join('/'))
  return { ...told, changed: diff !== undefined, ...(diff === undefined ? {} : { diff }) }
}

// ---

const foldersOf = (services: readonly { readonly folders: readonly string[] }[]): string[] => [
  ...new Set(services.flatMap(({ folders }) => folders)),
]
