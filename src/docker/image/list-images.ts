import type { StoredImage } from '../../runtime/stored-image.ts'
import type { ContainerRowJson, ImageRowJson } from '../api/api-types.ts'
import { type EngineApi, labelFilter } from '../api/engine-api.ts'
import { engineError } from '../api/errors.ts'
import { shortReference } from './image-reference.ts'

/** Returns images that carry every one of these labels, without those that have no name any more. */
export const listImages = async (
  api: EngineApi,
  labels: Readonly<Record<string, string>>,
): Promise<StoredImage[]> => {
  try {
    const [images, containers] = await Promise.all([
      api.json<ImageRowJson[]>('GET', '/images/json', {
        query: { filters: { label: labelFilter(labels) } },
      }),
      api.json<ContainerRowJson[]>('GET', '/containers/json', { query: { all: 1 } }),
    ])
    const used = new Set(containers.map(({ ImageID: image }) => image))
    return images.flatMap(({ Id: id, RepoTags: names, Created: created, Size: bytes }) =>
      (names ?? [])
        .filter((name) => !name.startsWith('<none>'))
        .map((name) => ({
          reference: shortReference(name),
          madeMs: created * 1000,
          bytes,
          used: used.has(id),
        })),
    )
  } catch (error) {
    throw engineError(error, 'images could not be listed')
  }
}
