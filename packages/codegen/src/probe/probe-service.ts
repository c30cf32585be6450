import type { AnyTopology, CliDefinition } from 'mesocosm'
import { MesocosmError } from 'mesocosm'
import { cliOf, openImage } from 'mesocosm/operate'
import { findProvider } from '../commands/find-provider.ts'
import type { CommandProvider } from '../commands/provider.ts'
import { commandProviders } from '../commands/providers.ts'
import { toolFiles } from '../commands/tool-files.ts'
import { probeFileOf, writeProbeFile } from './probe-file.ts'

export interface ProbeServiceOptions {
  readonly topology: AnyTopology
  readonly service: string
  /** Folders of the service's sources, absolute, to see what kind of tool it is. */
  readonly folder: string | readonly string[] | undefined
  /** Folder of the topology file; default the topology's root. */
  readonly topologyFolder?: string
  readonly providers?: readonly CommandProvider[]
  /** Milliseconds for each question; default 60 000. */
  readonly timeoutMs?: number
  readonly signal?: AbortSignal
}

export interface ProbedService {
  /** `none`: there is no tool declared, or its files tell all. */
  readonly outcome: 'written' | 'unchanged' | 'none'
  /** The committed file, absolute; absent when there is nothing to ask. */
  readonly file?: string
}

const defaultTimeoutMs = 60_000

/**
 * Asks a service's command-line tool for its commands, in the image that is built already, and keeps the answer
 * in `topology.probe/<service>.json`.
 *
 * @throws {MesocosmError} `IMAGE_NOT_FOUND` when the image is not built, `TOPOLOGY_INVALID` when the kind of the tool
 * cannot be told; {ExecError} `EXEC_NOT_FOUND`, `EXEC_TIMEOUT`, `EXEC_FAILED`, `EXEC_OUTPUT_INVALID`.
 */
export const probeService = async (options: ProbeServiceOptions): Promise<ProbedService> => {
  const { topology, service, folder, providers = [], timeoutMs = defaultTimeoutMs } = options
  const services: Readonly<Record<string, unknown>> = { ...topology.definition.services }
  const cli = cliOf(services[service])
  if (cli === undefined) return { outcome: 'none' }
  const files = toolFiles(folder)
  const provider = findProvider(cli, files, providers)
  if (provider === undefined) throw unknownKind(service, cli, [...providers, ...commandProviders])
  if (provider.probe === undefined || provider.static?.(files) !== undefined)
    return { outcome: 'none' }
  await using image = await openImage(topology, service)
  const answer = await provider.probe.ask(
    (argv, { env, stdin } = {}) =>
      image.run(
        { argv, ...(env === undefined ? {} : { env }), ...(stdin === undefined ? {} : { stdin }) },
        { timeoutMs, ...(options.signal === undefined ? {} : { signal: options.signal }) },
      ),
    cli.argv,
  )
  const file = probeFileOf(options.topologyFolder ?? topology.root, service)
  const outcome = await writeProbeFile(file, { kind: provider.kind, argv: cli.argv, answer })
  return { outcome, file }
}

// ---

const unknownKind = (
  service: string,
  { argv, kind }: CliDefinition,
  providers: readonly CommandProvider[],
) =>
  new MesocosmError({
    code: 'TOPOLOGY_INVALID',
    message:
      kind === undefined
        ? `what \`${argv.join(' ')}\` of ${service} is made with cannot be told`
        : `no kind of tool is called "${kind}", as \`${argv.join(' ')}\` of ${service} is`,
    remedy: `name it: cli: { argv, kind } with kind ${providers.map(({ kind }) => kind).join(', ')}`,
    facts: { service, argv },
  })
