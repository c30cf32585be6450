import type { DebugKind, DebugSources } from '../../model/service-spec.ts'
import { configurationPrefix, type LaunchConfiguration, presentation } from './configuration.ts'

/** A service that can be debugged, as an editor needs it. */
export interface DebuggableService {
  /** Name of the service. */
  readonly service: string
  /** Lane, named in the configuration if it is not the first one; default `lane_1`. */
  readonly lane?: string
  /** Language; without one there is no configuration. */
  readonly kind?: DebugKind | undefined
  /** Port of 127.0.0.1 that leads to its debugger; for PHP, the one at which VS Code listens. */
  readonly port: number
  /** Its source files; default unknown, so that breakpoints are matched by the same paths. */
  readonly sources?: DebugSources | undefined
}

/**
 * Returns the configuration with which VS Code debugs a service; `undefined` if its language is unknown.
 *
 * @param folder folder that is open in VS Code, absolute: paths in it are written relative to it.
 */
export const serviceConfiguration = (
  service: DebuggableService,
  folder: string,
): LaunchConfiguration | undefined => {
  const { kind, lane = 'lane_1' } = service
  if (kind === undefined) return undefined
  const place = lane === 'lane_1' ? '' : ` (${lane})`
  const sources = service.sources && {
    local: inWorkspace(service.sources.local, folder),
    remote: service.sources.remote,
  }
  const { type, request, ...attributes } = attributesOf[kind](service.port, sources)
  return {
    name: `${configurationPrefix}${service.service}${place}`,
    type,
    request,
    ...attributes,
    presentation,
  }
}

// ---

const host = '127.0.0.1'

interface Attributes extends Pick<LaunchConfiguration, 'type' | 'request'> {
  readonly [attribute: string]: unknown
}

const attributesOf: Readonly<
  Record<DebugKind, (port: number, sources: DebugSources | undefined) => Attributes>
> = {
  node: (port, sources) => ({
    type: 'node',
    request: 'attach',
    address: host,
    port,
    ...(sources && { localRoot: sources.local, remoteRoot: sources.remote }),
    // The port stays when the program starts again.
    restart: { delay: 1_000, maxAttempts: 30 },
    skipFiles: ['<node_internals>/**'],
  }),
  python: (port, sources) => ({
    type: 'debugpy',
    request: 'attach',
    connect: { host, port },
    ...(sources && {
      pathMappings: [{ localRoot: sources.local, remoteRoot: sources.remote }],
    }),
  }),
  php: (port, sources) => ({
    type: 'php',
    request: 'launch',
    hostname: host,
    port,
    ...(sources && { pathMappings: { [sources.remote]: sources.local } }),
  }),
  java: (port, sources) => ({
    type: 'java',
    request: 'attach',
    hostName: host,
    port,
    ...(sources && { sourcePaths: [sources.local] }),
  }),
  go: (port, sources) => ({
    type: 'go',
    request: 'attach',
    mode: 'remote',
    host,
    port,
    ...(sources && { substitutePath: [{ from: sources.local, to: sources.remote }] }),
  }),
}

/** Returns a path as it can be committed, if it is in the folder. */
const inWorkspace = (path: string, folder: string): string => {
  if (path === folder) return workspace
  return path.startsWith(`${folder}/`) ? `${workspace}${path.slice(folder.length)}` : path
}

// biome-ignore lint/suspicious/noTemplateCurlyInString: VS Code fills it in.
const workspace = '${workspaceFolder}'
