import { dirname, relative, resolve, sep } from 'node:path'
import type { AnyTopology } from 'mesocosm'
import { artefactDiff, writeArtefact } from '../artefact/artefact.ts'
import { artefactPath } from '../artefact/out-path.ts'
import type { CommandProvider } from '../commands/provider.ts'
import type { GenerateWarning } from '../model/findings.ts'
import { render } from '../render/render.ts'
import { askTools } from './ask-tools.ts'
import { find } from './find.ts'
import { commandOf } from './gen-command.ts'
import { assertNameIsFree } from './name-clash.ts'
import { registerModule } from './register-module.ts'
import { sourcedServices } from './sourced-services.ts'

/** Options of {@link generate}. */
export interface GenerateOptions {
  /** Topology file, absolute or relative to the working directory. */
  readonly file: string
  /** Module specifier whose `Register` is augmented; default: the one the file imports `defineTopology` from. */
  readonly module?: string
  /** File to write; default `<name>.gen.ts` next to the topology file. */
  readonly out?: string
  /** Writes nothing and returns the difference; default `false`. */
  readonly check?: boolean
  /** First runs the `cli` of services that declare one, in their already built images; default `false`. */
  readonly probe?: boolean
  /** With `probe`: milliseconds that one run of a tool may take; default 60 000. */
  readonly probeTimeoutMs?: number
  /** Support for more frameworks of command-line tools; tried before the built-in providers. */
  readonly providers?: readonly CommandProvider[]
}

/** Result of {@link generate}. */
export interface GenerateResult {
  /** Name of the topology. */
  readonly topology: string
  /** Absolute path of the generated file. */
  readonly path: string
  /** Whether the file was written; with `check`, whether it would be. */
  readonly changed: boolean
  /** With `check`: the unified diff, if there is a difference. */
  readonly diff?: string
  /** What was found but could not be read. */
  readonly warnings: readonly GenerateWarning[]
  /** Absolute paths of the source folders that were read. */
  readonly folders: readonly string[]
}

/** @deprecated use {@link GenerateResult}. */
export type Generated = GenerateResult

/**
 * Generates types for env keys and commands from the services' sources, next to the topology file.
 * Without `probe` it only reads files: no engine, no network, the same result on every machine.
 *
 * @throws {MesocosmError} `GENERATED_FILE_FOREIGN`, `FILE_UNWRITABLE`, `DISK_FULL`, `TOPOLOGY_INVALID`; with `probe` also `IMAGE_NOT_FOUND`, `EXEC_FAILED`, `EXEC_TIMEOUT`.
 */
export const generate = async (
  topology: AnyTopology,
  options: GenerateOptions,
): Promise<GenerateResult> => {
  const { providers, probe = false, probeTimeoutMs, check = false } = options
  const file = resolve(options.file)
  const path = options.out === undefined ? artefactPath(file) : resolve(options.out)
  const module = options.module ?? registerModule(file)
  await assertNameIsFree(path, topology.name)
  const services = sourcedServices(topology)
  const extra = providers === undefined ? {} : { providers }
  if (probe)
    await askTools(topology, services, {
      ...extra,
      ...(probeTimeoutMs === undefined ? {} : { timeoutMs: probeTimeoutMs }),
    })
  const { findings, warnings } = await find(topology, services, {
    folder: dirname(file),
    module,
    ...extra,
  })
  const text = render(findings, commandOf(file, options))
  const result = { topology: topology.name, path, warnings, folders: foldersOf(services) }
  if (!check) return { ...result, changed: await writeArtefact(path, text) }
  const diff = await artefactDiff(path, text, relative(process.cwd(), path).split(sep).join('/'))
  return { ...result, changed: diff !== undefined, ...(diff === undefined ? {} : { diff }) }
}

// ---

const foldersOf = (services: readonly { readonly folders: readonly string[] }[]): string[] => [
  ...new Set(services.flatMap(({ folders }) => folders)),
]
