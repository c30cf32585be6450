import { detailOf } from '../api/errors.ts'
import { askHelper, type HelperOptions } from './credential-helper.ts'
import { type DockerConfig, readDockerConfig, type StoredLogin } from './docker-config.ts'

/** Credentials for a registry. */
export interface Login {
  /** As the Engine API takes them; absent when there are none. */
  readonly auth?: RegistryAuth
  /** Why they could not be read; the pull is tried without. */
  readonly failure?: string
}

/** Credentials as the Engine API takes them. */
export interface RegistryAuth {
  readonly serveraddress: string
  readonly username?: string
  readonly password?: string
  readonly identitytoken?: string
  readonly registrytoken?: string
  readonly email?: string
}

/**
 * Returns the user's credentials for a registry; `undefined` is Docker Hub. They come from the helper of the registry,
 * else from the general helper, else from the configuration itself. Never throws but when aborted: many images can be
 * pulled without credentials.
 */
export const credentials = async (
  registry: string | undefined,
  options: HelperOptions = {},
): Promise<Login> => {
  try {
    const config = await readDockerConfig()
    const auth = await authFor(config, registry ?? dockerHub, options)
    return auth === undefined ? {} : { auth }
  } catch (error) {
    options.signal?.throwIfAborted()
    return { failure: `credentials could not be read, pulling without: ${detailOf(error)}` }
  }
}

/** Name of Docker Hub in credential stores. */
export const dockerHub = 'https://index.docker.io/v1/'

// ---

const authFor = async (
  { credHelpers = {}, credsStore, auths = {} }: DockerConfig,
  registry: string,
  options: HelperOptions,
): Promise<RegistryAuth | undefined> => {
  for (const helper of [ownValue(credHelpers, registry), credsStore]) {
    const answer = helper ? await askHelper(helper, registry, options) : undefined
    if (answer === undefined) continue
    const { username, secret } = answer
    return username === '<token>'
      ? { serveraddress: registry, identitytoken: secret }
      : { serveraddress: registry, username, password: secret }
  }
  const names = Object.keys(auths)
  const name =
    names.find((it) => it === registry) ?? names.find((it) => hostOf(it) === hostOf(registry))
  const stored = name === undefined ? undefined : auths[name]
  return stored === undefined ? undefined : authOf(stored, registry)
}

/** With a helper, `docker login` leaves an empty entry. */
const authOf = (stored: StoredLogin, registry: string): RegistryAuth | undefined => {
  const { auth, identitytoken, registrytoken, email } = stored
  const decoded = auth ? Buffer.from(auth, 'base64').toString() : undefined
  const colon = decoded?.indexOf(':') ?? -1
  const isDecoded = decoded !== undefined && colon > 0
  const username = isDecoded ? decoded.slice(0, colon) : stored.username
  // Older clients end it with NUL.
  const password = isDecoded ? decoded.slice(colon + 1).replace(/\0+$/, '') : stored.password
  if (!(username && password) && !identitytoken && !registrytoken) return undefined
  return {
    serveraddress: registry,
    // A token takes the place of the password.
    ...(identitytoken || registrytoken ? {} : { username, password }),
    ...(identitytoken ? { identitytoken } : {}),
    ...(registrytoken ? { registrytoken } : {}),
    ...(email ? { email } : {}),
  }
}

/** A registry may be stored as an URL, as older clients did. */
const hostOf = (name: string): string => name.replace(/^https?:\/\//, '').split('/')[0] ?? name

const ownValue = (values: Readonly<Record<string, string>>, key: string): string | undefined =>
  Object.hasOwn(values, key) ? values[key] : undefined
