import { readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'

/** What the Docker configuration of the user says about credentials. */
export interface DockerConfig {
  /** Name of the helper for all registries without one of their own. */
  readonly credsStore?: string
  /** Name of the helper by registry. */
  readonly credHelpers?: Readonly<Record<string, string>>
  /** Credentials by registry, in clear text or base64. */
  readonly auths?: Readonly<Record<string, StoredLogin>>
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

// ---

const parsed = (text: string, source: string): DockerConfig => {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    // The error of JSON.parse quotes the text.
    throw new Error(`${source} is not valid JSON`)
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value
  throw new Error(`${source} is not a JSON object`)
}
