import { detailOf } from '../api/errors.ts'

/** Credentials for a registry. */
export interface Login {
  /** As the Engine API takes them; absent when there are none. */
  readonly auth?: object
  /** Why they could not be read; the pull is tried without. */
  readonly failure?: string
}

/** Returns the user's credentials for a registry; `undefined` is Docker Hub. */
export const credentials = async (registry: string | undefined): Promise<Login> => {
  try {
    // testcontainers supports credential stores, helpers and DOCKER_AUTH_CONFIG.
    const { getAuthConfig } = await import(
      'testcontainers/build/container-runtime/auth/get-auth-config.js'
    )
    const auth = await getAuthConfig(registry ?? dockerHub)
    return auth === undefined ? {} : { auth }
  } catch (error) {
    return { failure: `credentials could not be read, pulling without: ${detailOf(error)}` }
  }
}

/** Name of Docker Hub in credential stores. */
export const dockerHub = 'https://index.docker.io/v1/'
