import type { ImageRequest } from '../../runtime/runtime.ts'
import type { ContainerJson } from '../api/api-types.ts'
import { type EngineApi, segment } from '../api/engine-api.ts'
import { engineError } from '../api/errors.ts'
import { parseImageReference } from './image-reference.ts'

/** Makes an image of a container's files. */
export const commitContainer = async (
  api: EngineApi,
  request: Extract<ImageRequest, { kind: 'commit' }>,
): Promise<void> => {
  const { repository, tag } = parseImageReference(request.reference)
  try {
    const path = `/containers/${segment(request.container)}/json`
    const { Config: config } = await api.json<ContainerJson>('GET', path)
    await api.json('POST', '/commit', {
      query: { container: request.container, repo: repository, tag, pause: 0 },
      body: { Labels: { ...blanked(config.Labels ?? {}), ...request.labels } },
    })
  } catch (error) {
    throw engineError(error, `The image ${request.reference} could not be made of a container`, {
      image: request.reference,
    })
  }
}

// The engine adds the container's labels, and a container made of the image would carry them on: it
// would count as part of the run that made the image. They cannot be left out, only emptied.
const blanked = (labels: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(
    Object.keys(labels)
      .filter((key) => key.startsWith('dev.mesocosm.'))
      .map((key) => [key, '']),
  )
