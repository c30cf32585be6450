import type { ContainerSpec } from '../../runtime/container-spec.ts'
import type { ContainerJson, NetworkJson } from '../api/api-types.ts'
import { type EngineApi, segment } from '../api/engine-api.ts'
import { engineError } from '../api/errors.ts'
import { readProxies } from '../image/docker-config.ts'

/** Variables for programs, by name. */
type Env = Readonly<Record<string, string>>

/**
 * Returns the proxies that the user's Docker configuration sets for what runs on an engine, as variables in capital and
 * small letters, as the Docker command line does.
 *
 * @throws {Error} if the configuration cannot be read.
 */
export const proxyEnv = async (endpoint: string): Promise<Env> => {
  const settings = await readProxies(endpoint)
  return Object.fromEntries(
    variables.flatMap(([key, name]): [string, string][] => {
      const value = settings[key]
      return value ? inBothCases(name, value) : []
    }),
  )
}

/**
 * Returns the proxies for a container, without those that other services would be reached by: their names and the
 * addresses of its networks are in `NO_PROXY`. Empty if the container gets none.
 *
 * @throws {MesocosmError} `ENGINE_FAILED` if the networks cannot be read; an `Error` for the configuration.
 */
export const containerProxies = async (
  api: EngineApi,
  { noProxy, network }: Pick<ContainerSpec, 'noProxy' | 'network'>,
): Promise<Env> => {
  if (noProxy === undefined) return {}
  const { NO_PROXY: configured, no_proxy: _, ...proxies } = await proxyEnv(api.endpoint)
  if (Object.keys(proxies).length === 0) return {}
  const direct = [
    ...(configured === undefined ? [] : [configured]),
    ...loopback,
    ...noProxy,
    ...(await subnetsOf(api, network)),
  ]
  return { ...proxies, ...Object.fromEntries(inBothCases('NO_PROXY', direct.join(','))) }
}

// ---

const variables = [
  ['httpProxy', 'HTTP_PROXY'],
  ['httpsProxy', 'HTTPS_PROXY'],
  ['ftpProxy', 'FTP_PROXY'],
  ['allProxy', 'ALL_PROXY'],
  ['noProxy', 'NO_PROXY'],
] as const

const loopback = ['localhost', '127.0.0.1', '::1']

const inBothCases = (name: string, value: string): [string, string][] => [
  [name, value],
  [name.toLowerCase(), value],
]

const subnetsOf = async (
  api: EngineApi,
  network: ContainerSpec['network'],
): Promise<readonly string[]> => {
  if (network.kind === 'none') return []
  try {
    const networks =
      network.kind === 'own' ? [network.network] : await networksOf(api, network.container)
    const found = await Promise.all(
      networks.map((id) => api.json<NetworkJson>('GET', `/networks/${segment(id)}`)),
    )
    return found.flatMap(({ IPAM }) => (IPAM?.Config ?? []).flatMap(({ Subnet }) => Subnet ?? []))
  } catch (error) {
    throw engineError(error, 'the networks of a container could not be read')
  }
}

/** Names of the networks of a container: before its start it has no ids of them. */
const networksOf = async (api: EngineApi, container: string): Promise<readonly string[]> => {
  const json = await api.json<ContainerJson>('GET', `/containers/${segment(container)}/json`)
  return Object.keys(json.NetworkSettings.Networks ?? {})
}
