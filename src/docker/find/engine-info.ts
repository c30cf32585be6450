import type { EngineInfo } from '../../runtime/runtime.ts'
import type { InfoJson, VersionJson } from '../api/api-types.ts'
import type { EngineApi } from '../api/engine-api.ts'
import { engineError } from '../api/errors.ts'
import type { FoundEngine } from './discover.ts'
import { reachOf } from './reach.ts'
import { ownViewpoint } from './viewpoint.ts'

export interface AboutEngine {
  readonly info: EngineInfo
  readonly publishIp: string
}

/** Asks the engine about itself, once; a failed try is forgotten. */
export const createEngineInfo = (api: EngineApi, engine: FoundEngine) => {
  const kept: { answer?: Promise<AboutEngine> } = {}
  return (): Promise<AboutEngine> => {
    kept.answer ??= ask(api, engine).catch((error: unknown) => {
      delete kept.answer
      throw engineError(error, `The engine at ${engine.endpoint} could not be asked about itself`)
    })
    return kept.answer
  }
}

const ask = async (api: EngineApi, engine: FoundEngine): Promise<AboutEngine> => {
  const [version, info] = await Promise.all([
    api.json<VersionJson>('GET', '/version'),
    api.json<InfoJson>('GET', '/info'),
  ])
  const { host, publishIp, directRoute } = reachOf(engine.endpoint, info, ownViewpoint())
  return {
    publishIp,
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
    },
  }
}
