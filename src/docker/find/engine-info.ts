import type { EngineInfo } from '../../runtime/engine-info.ts'
import type { InfoJson, VersionJson } from '../api/api-types.ts'
import type { EngineApi } from '../api/engine-api.ts'
import { engineError } from '../api/errors.ts'
import { ignoredLimits, type Limit } from '../diagnose/limits.ts'
import { podmanHost } from '../diagnose/podman-host.ts'
import type { FoundEngine } from './discover.ts'
import { reachOf } from './reach.ts'
import { ownViewpoint } from './viewpoint.ts'

/** Facts about an engine. */
export interface AboutEngine {
  readonly info: EngineInfo
  /** Address of the engine's host on which ports are published. */
  readonly publishIp: string
  /** Limits of services that it ignores. */
  readonly ignoredLimits: readonly Limit[]
  /** Whether it runs the health checks of images by itself. */
  readonly runsHealthChecks: boolean
}

/** Returns a function that reads the facts once; after a failure the next call tries again. */
export const createEngineInfo = (api: EngineApi, engine: FoundEngine) => {
  const kept: { answer?: Promise<AboutEngine> } = {}
  return (): Promise<AboutEngine> => {
    kept.answer ??= ask(api, engine).catch((error: unknown) => {
      delete kept.answer
      throw engineError(error, `the engine at ${engine.endpoint} could not be inspected`)
    })
    return kept.answer
  }
}

// ---

const ask = async (api: EngineApi, engine: FoundEngine): Promise<AboutEngine> => {
  const [version, info, podman] = await Promise.all([
    api.json<VersionJson>('GET', '/version'),
    api.json<InfoJson>('GET', '/info'),
    podmanHost(api),
  ])
  const { host, publishIp, directRoute, outside } = reachOf(engine.endpoint, info, ownViewpoint())
  return {
    publishIp,
    ignoredLimits: ignoredLimits({ ...info, controllers: podman?.controllers }),
    runsHealthChecks: podman?.systemd ?? true,
    info: {
      name: info.Name,
      version: version.Version,
      apiVersion: version.ApiVersion,
      architecture: version.Arch,
      cpus: info.NCPU,
      memoryBytes: info.MemTotal,
      endpoint: engine.endpoint,
      foundBy: engine.foundBy,
      host,
      directRoute,
      outside,
      rootless: (info.SecurityOptions ?? []).some((option) => option.includes('rootless')),
    },
  }
}
