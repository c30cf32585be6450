import type { Diagnosis } from '../../runtime/diagnosis.ts'
import type { EngineApi } from '../api/engine-api.ts'
import { engineError } from '../api/errors.ts'
import { libpodVersion } from '../api/ping-headers.ts'
import type { FoundEngine } from '../find/discover.ts'
import { freeSubnets } from './free-subnets.ts'
import { type LimitFacts, limits } from './limits.ts'
import { podman } from './podman.ts'
import { podmanHost } from './podman-host.ts'
import { storage } from './storage.ts'

/** The parts of the Engine API's `/info` that are checked here. Field names are Docker's. */
export interface EngineFacts extends LimitFacts {
  readonly Driver?: string
  readonly DockerRootDir?: string
  readonly OperatingSystem?: string
}

/** Minor version of the oldest API that has everything used here; major versions are all 1. */
const oldestApiMinor = 40

/** Checks an engine; see `RuntimeAbilities.diagnose`. */
export const diagnoseEngine = async (
  api: EngineApi,
  { endpoint, foundBy }: Pick<FoundEngine, 'endpoint' | 'foundBy'>,
): Promise<readonly Diagnosis[]> => {
  try {
    const [version, facts, networks, libpod, host] = await askEngine(api)
    return [
      { name: 'engine', status: 'ok', text: `${endpoint}, found by ${foundBy}` },
      engineVersion(version, facts, libpod !== undefined),
      ...(libpod === undefined ? [] : [podman(libpod, facts)]),
      await storage(facts),
      freeSubnets(networks.flatMap(subnetsOf)),
      limits({ ...facts, controllers: host?.controllers }),
    ]
  } catch (error) {
    throw engineError(error, `the engine at ${api.endpoint} could not be checked`)
  }
}

// ---

interface VersionFacts {
  readonly Version: string
  readonly ApiVersion: string
}

interface NetworkFacts {
  readonly IPAM?: { readonly Config?: readonly { readonly Subnet?: string }[] | null } | null
}

const askEngine = (api: EngineApi) =>
  Promise.all([
    api.json<VersionFacts>('GET', '/version'),
    api.json<EngineFacts>('GET', '/info'),
    api.json<readonly NetworkFacts[]>('GET', '/networks'),
    libpodVersion(api),
    podmanHost(api),
  ])

const subnetsOf = ({ IPAM }: NetworkFacts): string[] =>
  (IPAM?.Config ?? []).flatMap(({ Subnet }) => Subnet ?? [])

const engineVersion = (
  { Version, ApiVersion }: VersionFacts,
  { OperatingSystem }: EngineFacts,
  isPodman: boolean,
): Diagnosis => {
  const recent = Number(ApiVersion.split('.')[1] ?? 0) >= oldestApiMinor
  return {
    name: 'version',
    status: recent ? 'ok' : 'warn',
    text: `${isPodman ? 'Podman ' : ''}${Version}, API ${ApiVersion}${OperatingSystem ? `, ${OperatingSystem}` : ''}`,
    ...(recent ? {} : { remedy: `update the engine to one with API 1.${oldestApiMinor} or later` }),
  }
}
