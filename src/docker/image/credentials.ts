import { detailOf } from '../api/errors.ts'

export interface Login {
  readonly auth?: object
  /** Why the user's credentials could not be read; the pull is tried without. */
  readonly failure?: string
}

/** The user's credentials for a registry; `undefined` stands for Docker Hub. */
export const credentials = async (registry: string | undefined): Promise<Login> => {
  try {
    // testcontainers knows credential stores, helpers and DOCKER_AUTH_CONFIG. Loaded only when pulling.
    const { getAuthConfig } = await import(
      'testcontainers/build/container-runtime/auth/get-auth-config.js'
    )
    const auth = await getAuthConfig(registry ?? dockerHub)
    return auth === undefined ? {} : { auth }
  } catch (error) {
    return { failure: `credentials could not be read, pulling without: ${detailOf(error)}` }
  }
}

/** Name under which Docker files the credentials of its own registry. */
export const dockerHub = 'https://index.docker.io/v1/'
