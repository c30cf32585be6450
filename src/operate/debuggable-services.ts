import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { compile } from '../client/lane/compile.ts'
import type { DebuggableService } from '../debug/launch-json/service-configuration.ts'
import { debugPortOf } from '../debug/ports.ts'
import { preferredPorts } from '../debug/preferred-ports.ts'
import { sourcesOf } from '../debug/sources.ts'
import type { BuildSpec, ServiceSpec } from '../model/service-spec.ts'
import { type Project, topologyOf } from './project.ts'

/**
 * Returns the services of a topology that have `debug`, with the ports and sources that they have in the first lane
 * unless something else uses the port. Starts nothing. Sources are as far as the topology and the Dockerfile say them.
 *
 * @throws {MesocosmError} `TOPOLOGY_NOT_FOUND`, `TOPOLOGY_INVALID`
 */
export const debuggableServices = async (
  project: Project,
): Promise<readonly DebuggableService[]> => {
  const { services } = await compile(topologyOf(project))
  const lane = 'lane_1'
  return Object.entries(services).flatMap(([service, spec]): DebuggableService[] => {
    const { debug } = spec
    const usual = debug === undefined ? undefined : debugPortOf(debug)
    if (debug === undefined || usual === undefined) return []
    const [port = usual] = preferredPorts(usual, { lane, service, services })
    return [{ service, lane, kind: debug.kind, port, sources: sourcesIn(spec) }]
  })
}

// ---

/** Without the image, its working folder is known only from the Dockerfile. */
const sourcesIn = (spec: ServiceSpec) => {
  const workdir = spec.build === undefined ? undefined : workdirOf(spec.build)
  const isKnown = spec.debug?.sources ?? spec.workdir ?? workdir ?? spec.mounts?.[0]
  return isKnown === undefined ? undefined : sourcesOf(spec, workdir)
}

const workdirOf = (build: BuildSpec): string | undefined => {
  const found = [...textOf(build).matchAll(/^\s*WORKDIR\s+(\/\S*)\s*$/gim)].at(-1)?.[1]
  return found?.includes('$') ? undefined : found
}

const textOf = ({ context, dockerfile = 'Dockerfile', dockerfileInline }: BuildSpec): string => {
  if (dockerfileInline !== undefined) return dockerfileInline
  try {
    return readFileSync(resolve(context, dockerfile), 'utf8')
  } catch (error) {
    // The build reports it.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return ''
    throw error
  }
}
