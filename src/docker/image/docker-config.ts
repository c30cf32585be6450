import { readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'

/** What the Docker configuration of the user says about credentials and proxies. */
export interface DockerConfig {
  /** Name of the helper for all registries without one of their own. */
  readonly credsStore?: string
  /** Name of the helper by registry. */
  readonly credHelpers?: Readonly<Record<string, string>>
  /** Credentials by registry, in clear text or base64. */
  readonly auths?: Readonly<Record<string, StoredLogin>>
  /** Proxies by the address of an engine, and `default`. */
  readonly proxies?: Readonly<Record<string, ProxySettings>>
}

/** Proxies of builds and containers. */
export interface ProxySettings {
  readonly httpProxy?: string
  readonly httpsProxy?: string
  readonly ftpProxy?: string
  readonly allProxy?: string
  /** Hosts that are reached without, separated by commas. */
  readonly noProxy?: string
}

/** Credentials as `docker login` stores them without a helper. */
export interface StoredLogin {
  /** Base64 of `user:password`. */
  readonly auth?: string
  readonly username?: string
  readonly password?: string
  readonly identitytoken?: string
  readonly registrytoken?: string
  readonly email?: string
}

/**
 * Reads `DOCKER_AUTH_CONFIG`, else `config.json` in `DOCKER_CONFIG` (default `~/.docker`); empty if there is none.
 *
 * @throws {Error} that names the source but quotes nothing of it: it holds secrets.
 */
export const readDockerConfig = async (
  env: Readonly<Record<string, string | undefined>> = process.env,
): Promise<DockerConfig> => {
  if (env.DOCKER_AUTH_CONFIG) return parsed(env.DOCKER_AUTH_CONFIG, 'DOCKER_AUTH_CONFIG')
  return readConfigFile(env)
}

/**
 * Reads the proxies that the user wants for builds and containers on an engine: those of its address, else the default
 * ones. Only `config.json` has them; empty if there are none.
 *
 * @param endpoint address of the engine, such as `unix:///var/run/docker.sock`.
 * @throws {Error} as {@link readDockerConfig}.
 */
export const readProxies = async (
  endpoint: string,
  env: Readonly<Record<string, string | undefined>> = process.env,
): Promise<ProxySettings> => {
  const { proxies = {} } = await readConfigFile(env)
  return (Object.hasOwn(proxies, endpoint) ? proxies[endpoint] : proxies.default) ?? {}
}

// ---

const readConfigFile = async (
  env: Readonly<Record<string, string | undefined>>,
): Promise<DockerConfig> => {
  const file = join(env.DOCKER_CONFIG || join(homedir(), '.docker'), 'config.json')
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {}
    throw error
  }
  return parsed(text, file)
}

const parsed = (text: string, source: string): DockerConfig => {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    // The error of JSON.parse quotes the text.
    throw new Error(`${source} is not valid JSON`)
  }
  if (!isObject(value)) throw new Error(`${source} is not a JSON object`)
  // Entries of another shape are left out, as one that is null: an error about one would quote it.
  const { credsStore, credHelpers, auths, proxies } = value
  return {
    ...(typeof credsStore === 'string' ? { credsStore } : {}),
    credHelpers: entriesThat(isText, credHelpers),
    auths: textsOf(auths),
    proxies: textsOf(proxies),
  }
}

/** Returns the texts in objects by name. */
const textsOf = (from: unknown): Record<string, Record<string, string>> =>
  Object.fromEntries(
    Object.entries(entriesThat(isObject, from)).map(([name, of]) => [
      name,
      entriesThat(isText, of),
    ]),
  )

const isText = (value: unknown): value is string => typeof value === 'string'

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const entriesThat = <T>(is: (value: unknown) => value is T, from: unknown): Record<string, T> =>
  isObject(from)
    ? Object.fromEntries(Object.entries(from).filter((entry): entry is [string, T] => is(entry[1])))
    : {}
