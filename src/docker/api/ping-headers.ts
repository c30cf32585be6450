import type { EngineApi } from './engine-api.ts'

/** Headers of `GET /_ping`, which tell what kind of engine answers. */
export type PingHeaders = Readonly<Record<string, string | readonly string[] | undefined>>

/**
 * Returns the headers of a ping, which is sent once for each engine.
 *
 * @throws a failure of the engine; the next call tries again.
 */
export const pingHeaders = (api: EngineApi): Promise<PingHeaders> => {
  const known = asked.get(api)
  if (known !== undefined) return known
  const headers = ping(api).catch((error: unknown) => {
    asked.delete(api)
    throw error
  })
  asked.set(api, headers)
  return headers
}

/** Returns the version of Podman's own API, such as `5.4.2`; `undefined` for another engine. */
export const libpodVersion = async (api: EngineApi): Promise<string | undefined> => {
  const { [libpodHeader]: version } = await pingHeaders(api)
  return typeof version === 'string' ? version : undefined
}

/** Header that Podman alone sends. */
export const libpodHeader = 'libpod-api-version'

// ---

const asked = new WeakMap<EngineApi, Promise<PingHeaders>>()

const ping = async (api: EngineApi): Promise<PingHeaders> => {
  const answer = await api.stream('GET', '/_ping')
  answer.resume()
  return answer.headers
}
