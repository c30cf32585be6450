import { isMesocosmError } from '../../errors/mesocosm-error.ts'
import type { Finding } from './finding.ts'

/** The parts of the Engine API's `/info` that are judged here. Field names are Docker's. */
export interface EngineFacts {
  readonly Driver?: string
  readonly DockerRootDir?: string
  readonly MemoryLimit?: boolean
  readonly CpuCfsQuota?: boolean
  readonly CgroupVersion?: string
  readonly CgroupDriver?: string
  readonly OperatingSystem?: string
}

export interface ExaminedEngine {
  readonly endpoint: string
  readonly facts: EngineFacts
  /** Subnets of the engine's networks, as `10.1.0.0/24`. */
  readonly subnets: readonly string[]
}

/** Minor version of the API that everything used here is in; versions are 1.x. */
const oldestApiMinor = 40

/** Finds the engine as every run does and asks it about itself. */
export const findEngine = async (): Promise<{
  readonly engine: ExaminedEngine | undefined
  readonly findings: readonly Finding[]
}> => {
  const [{ discoverEngine }, { createEngineApi }] = await Promise.all([
    import('../../docker/find/discover.ts'),
    import('../../docker/api/engine-api.ts'),
  ])
  try {
    const found = await discoverEngine()
    try {
      const api = createEngineApi(found.dialer, found.endpoint)
      const [version, facts, networks] = await Promise.all([
        api.json<{ Version: string; ApiVersion: string }>('GET', '/version'),
        api.json<EngineFacts>('GET', '/info'),
        api.json<readonly NetworkFacts[]>('GET', '/networks'),
      ])
      const { endpoint, foundBy } = found
      return {
        engine: { endpoint, facts, subnets: networks.flatMap(subnetsOf) },
        findings: [
          { name: 'engine', status: 'ok', text: `${endpoint}, found by ${foundBy}` },
          engineVersion(version, facts),
        ],
      }
    } finally {
      found.close()
    }
  } catch (error) {
    if (!isMesocosmError(error)) throw error
    const text = [error.summary, ...error.details].join('; ')
    const remedy = error.remedy === undefined ? {} : { remedy: error.remedy }
    return { engine: undefined, findings: [{ name: 'engine', status: 'fail', text, ...remedy }] }
  }
}

// ---

interface NetworkFacts {
  readonly IPAM?: { readonly Config?: readonly { readonly Subnet?: string }[] | null } | null
}

const subnetsOf = ({ IPAM }: NetworkFacts): string[] =>
  (IPAM?.Config ?? []).flatMap(({ Subnet }) => Subnet ?? [])

const engineVersion = (
  { Version, ApiVersion }: { Version: string; ApiVersion: string },
  { OperatingSystem }: EngineFacts,
): Finding => {
  const recent = Number(ApiVersion.split('.')[1] ?? 0) >= oldestApiMinor
  return {
    name: 'version',
    status: recent ? 'ok' : 'warn',
    text: `${Version}, API ${ApiVersion}${OperatingSystem ? `, ${OperatingSystem}` : ''}`,
    ...(recent ? {} : { remedy: `update the engine to one with API 1.${oldestApiMinor} or later` }),
  }
}
