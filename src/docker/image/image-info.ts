import type { ImageInfo } from '../../runtime/runtime.ts'
import type { ImageJson } from '../api/api-types.ts'
import type { EngineApi } from '../api/engine-api.ts'
import { engineError, hasStatus } from '../api/errors.ts'

/** What is in a local image; `undefined` when it is not there. */
export const inspectImage = async (
  api: EngineApi,
  reference: string,
): Promise<ImageInfo | undefined> => {
  try {
    // The reference goes into the path as it is: the engine's router takes slashes as part of the name.
    const json = await api.json<ImageJson>('GET', `/images/${encodeURI(reference)}/json`)
    return imageInfo(json, reference)
  } catch (error) {
    if (hasStatus(error, 404)) return undefined
    if (hasStatus(error, 400)) return undefined
    throw engineError(error, `Image ${reference} could not be looked up`, { image: reference })
  }
}

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
