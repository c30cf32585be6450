import type { AnyTopology, CliDefinition } from 'mesocosm'
import { isMesocosmError, MesocosmError } from 'mesocosm'
import { cliOf, type OpenImage, openImage } from 'mesocosm/operate'
import { findProvider } from '../commands/find-provider.ts'
import type { CommandProbe, CommandProvider, JsonValue } from '../commands/provider.ts'
import { commandProviders } from '../commands/providers.ts'
import { toolFiles } from '../commands/tool-files.ts'
import { probeFileOf, writeProbeFile } from './probe-file.ts'

/** Options of {@link probeService}. */
export interface ProbeServiceOptions {
  readonly topology: AnyTopology
  readonly service: string
  /** Absolute source folders of the service, from which the kind of tool is detected. */
  readonly folder: string | readonly string[] | undefined
  /** Folders of the installed packages that the service runs; a tool of theirs is recognized, too. */
  readonly packages?: readonly string[]
  /** Folder of the topology file; default the root of the topology. */
  readonly topologyFolder?: string
  /** Tried before the built-in providers. */
  readonly providers?: readonly CommandProvider[]
  /** Milliseconds for each run of the tool; default 60_000. */
  readonly timeoutMs?: number
  /** Aborts the run of the tool. */
  readonly signal?: AbortSignal
}

/** Result of {@link probeService}. */
export interface ProbedService {
  /** `none`: no tool is declared, or its commands can be read from files. */
  readonly outcome: 'written' | 'unchanged' | 'none'
  /** Absolute path of the probe file; absent for `none`. */
  readonly file?: string
}

const defaultTimeoutMs = 60_000

/**
 * Runs a service's command-line tool in its already built image to list its commands, and saves the output in
 * `topology.probe/<service>.json`.
 *
 * @throws {MesocosmError} `IMAGE_NOT_FOUND` if the image is not built, `TOPOLOGY_INVALID` if the kind of the tool
 * is unknown; {ExecError} `EXEC_NOT_FOUND`, `EXEC_TIMEOUT`, `EXEC_FAILED`, `EXEC_OUTPUT_INVALID`.
 */
export const probeService = async (options: ProbeServiceOptions): Promise<ProbedService> => {
  const {
    topology,
    service,
    folder,
    packages = [],
    providers = [],
    timeoutMs = defaultTimeoutMs,
  } = options
  const services: Readonly<Record<string, unknown>> = { ...topology.definition.services }
  const cli = cliOf(services[service])
  if (cli === undefined) return { outcome: 'none' }
  const files = toolFiles(folder)
  const provider = findProvider(cli, [files, ...packages.map(toolFiles)], providers)
  if (provider === undefined) throw unknownKind(service, cli, [...providers, ...commandProviders])
  if (provider.probe === undefined || provider.static?.(files) !== undefined)
    return { outcome: 'none' }
  await using image = await openImage(topology, service)
  const limits = { timeoutMs, ...(options.signal === undefined ? {} : { signal: options.signal }) }
  const answer = await answerOf({ service, probe: provider.probe, argv: cli.argv }, image, limits)
  const file = probeFileOf(options.topologyFolder ?? topology.root, service)
  const outcome = await writeProbeFile(file, { kind: provider.kind, argv: cli.argv, answer })
  return { outcome, file }
}

// ---

interface Asked {
  readonly service: string
  readonly probe: CommandProbe
  readonly argv: readonly string[]
}

/**
 * Asks the tool without the addresses of other services, since it may try to connect. If it fails, asks again with
 * them: some tools only read their settings.
 */
const answerOf = async (
  { service, probe, argv }: Asked,
  image: OpenImage,
  limits: { readonly timeoutMs: number; readonly signal?: AbortSignal },
): Promise<JsonValue> => {
  const askWith = (more: Readonly<Record<string, string>>) =>
    probe.ask(
      (words, { env, stdin } = {}) =>
        image
          .run(
            {
              argv: words,
              env: { ...more, ...env },
              ...(stdin === undefined ? {} : { stdin }),
            },
            limits,
          )
          .catch((error: unknown) => {
            throw outOfTime(service, error)
          }),
      argv,
    )
  try {
    return await askWith({})
  } catch (first) {
    if (Object.keys(image.references).length === 0 || limits.signal?.aborted) throw first
    return askWith(image.references)
  }
}

/** The caller of `gen` has a flag for the time that a tool may take; the engine's own remedy names an option of calls. */
const outOfTime = (service: string, error: unknown): unknown => {
  if (!isMesocosmError(error) || error.code !== 'EXEC_TIMEOUT') return error
  return new MesocosmError({
    code: error.code,
    message: `${service}: ${error.summary}`,
    remedy: 'raise --timeout of `mesocosm gen --probe`, or find out why the tool does not end',
    facts: { ...error.facts, service },
    cause: error,
  })
}

const unknownKind = (
  service: string,
  { argv, kind }: CliDefinition,
  providers: readonly CommandProvider[],
) =>
  new MesocosmError({
    code: 'TOPOLOGY_INVALID',
    message:
      kind === undefined
        ? `${service}: the framework of \`${argv.join(' ')}\` could not be detected`
        : `${service}: "${kind}" is not a known kind of command-line tool`,
    remedy: `set \`cli: { argv, kind }\` in the topology; kind is one of ${providers.map(({ kind }) => kind).join(', ')}`,
    facts: { service, argv },
  })
