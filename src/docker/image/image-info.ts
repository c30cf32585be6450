import type { ImageInfo } from '../../runtime/image-request.ts'
import type { HealthcheckJson, ImageJson, LibpodImageJson } from '../api/api-types.ts'
import { type EngineApi, segment } from '../api/engine-api.ts'
import { says } from '../api/engine-words.ts'
import { engineError, hasStatus } from '../api/errors.ts'
import { libpodVersion } from '../api/ping-headers.ts'
import { platformOf } from './platform.ts'

/**
 * Returns what is in a local image; `undefined` when it is missing.
 *
 * @param platform what is asked for; only engines that keep several platforms under one name look at it.
 */
export const inspectImage = async (
  api: EngineApi,
  reference: string,
  platform?: string,
): Promise<ImageInfo | undefined> => {
  try {
    // Slashes stay: the engine's router takes them as part of the name.
    const json = await api.json<ImageJson>('GET', `/images/${encodeURI(reference)}/json`, {
      query: platform === undefined ? {} : { platform: JSON.stringify(platformOf(platform)) },
    })
    return imageInfo(json, reference, await healthcheckOf(api, json))
  } catch (error) {
    // 400: the reference is not a valid image name.
    if (hasStatus(error, 404, 400) || says('no image name', error)) return undefined
    throw engineError(error, `image ${reference} could not be inspected`, { image: reference })
  }
}

/** Returns what is in an image that was just made; a missing one is an error. */
export const inspectMadeImage = async (
  api: EngineApi,
  reference: string,
  platform?: string,
): Promise<ImageInfo> => {
  const info = await inspectImage(api, reference, platform)
  if (info !== undefined) return info
  throw engineError(
    new Error('the engine reported success, but the image is missing'),
    `image ${reference} could not be made`,
    { image: reference },
  )
}

// ---

/** Podman does not tell a health check by Docker's API, though it runs it. */
const healthcheckOf = async (
  api: EngineApi,
  { Id: id, Config: config }: ImageJson,
): Promise<HealthcheckJson | null | undefined> => {
  if (config?.Healthcheck) return config.Healthcheck
  const version = await libpodVersion(api)
  if (version === undefined) return undefined
  const path = `/v${version}/libpod/images/${segment(id)}/json`
  return (await api.json<LibpodImageJson>('GET', path)).Healthcheck
}

const imageInfo = (
  json: ImageJson,
  reference: string,
  healthcheck: HealthcheckJson | null | undefined,
): ImageInfo => {
  const platform = [json.Os, json.Architecture, json.Variant].filter(Boolean).join('/')
  const test = healthcheck?.Test ?? []
  return {
    id: json.Id,
    reference,
    env: Object.fromEntries((json.Config?.Env ?? []).map(splitEnv)),
    ...(json.Config?.Entrypoint?.length ? { entrypoint: json.Config.Entrypoint } : {}),
    ...(json.Config?.Cmd?.length ? { command: json.Config.Cmd } : {}),
    ...(json.Config?.WorkingDir ? { workdir: json.Config.WorkingDir } : {}),
    hasHealthcheck: test.length > 0 && test[0] !== 'NONE',
    exposedPorts: Object.keys(json.Config?.ExposedPorts ?? {})
      .filter((port) => !port.endsWith('/udp'))
      .map((port) => Number.parseInt(port, 10))
      .sort((a, b) => a - b),
    ...(platform.includes('/') ? { platform } : {}),
  }
}

const splitEnv = (entry: string): [string, string] => {
  const at = entry.indexOf('=')
  return at < 0 ? [entry, ''] : [entry.slice(0, at), entry.slice(at + 1)]
}
