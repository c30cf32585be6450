import type { ImageInfo } from '../../runtime/runtime.ts'
import type { ImageJson } from '../api/api-types.ts'
import type { EngineApi } from '../api/engine-api.ts'
import { engineError, hasStatus } from '../api/errors.ts'

/** Returns what is in a local image; `undefined` when it is missing. */
export const inspectImage = async (
  api: EngineApi,
  reference: string,
): Promise<ImageInfo | undefined> => {
  try {
    // Slashes stay: the engine's router takes them as part of the name.
    const json = await api.json<ImageJson>('GET', `/images/${encodeURI(reference)}/json`)
    return imageInfo(json, reference)
  } catch (error) {
    // 400: the reference is not a valid image name.
    if (hasStatus(error, 404, 400)) return undefined
    throw engineError(error, `image ${reference} could not be inspected`, { image: reference })
  }
}

/** Returns what is in an image that was just made; a missing one is an error. */
export const inspectMadeImage = async (api: EngineApi, reference: string): Promise<ImageInfo> => {
  const info = await inspectImage(api, reference)
  if (info !== undefined) return info
  throw engineError(
    new Error('the engine reported success, but the image is missing'),
    `image ${reference} could not be made`,
    { image: reference },
  )
}

// ---

const imageInfo = (json: ImageJson, reference: string): ImageInfo => {
  const test = json.Config?.Healthcheck?.Test ?? []
  return {
    id: json.Id,
    reference,
    env: Object.fromEntries((json.Config?.Env ?? []).map(splitEnv)),
    hasHealthcheck: test.length > 0 && test[0] !== 'NONE',
    exposedPorts: Object.keys(json.Config?.ExposedPorts ?? {})
      .filter((port) => !port.endsWith('/udp'))
      .map((port) => Number.parseInt(port, 10))
      .sort((a, b) => a - b),
  }
}

const splitEnv = (entry: string): [string, string] => {
  const at = entry.indexOf('=')
  return at < 0 ? [entry, ''] : [entry.slice(0, at), entry.slice(at + 1)]
}
