import { label } from '../../runtime/labels.ts'
import type { ImageInfo } from '../../runtime/runtime.ts'
import type { ImageRowJson } from '../api/api-types.ts'
import { type EngineApi, labelFilter } from '../api/engine-api.ts'
import { engineError } from '../api/errors.ts'
import { buildTag } from './build.ts'
import { inspectMadeImage } from './image-info.ts'
import { parseImageReference } from './image-reference.ts'

/** Returns the name of an image that was built from content with this key, under any name. */
export const findByContent = async (api: EngineApi, key: string): Promise<string | undefined> => {
  const labels = { [label.made]: '1', [label.contentHash]: key }
  try {
    const images = await api.json<ImageRowJson[]>('GET', '/images/json', {
      query: { filters: { label: labelFilter(labels) } },
    })
    // Images that are made from a built one inherit its labels, but not its name.
    const suffix = buildTag('', key).split(':')[1] as string
    return images
      .flatMap(({ RepoTags: names }) => names ?? [])
      .find((name) => name.startsWith('mesocosm/') && name.endsWith(`:${suffix}`))
  } catch (error) {
    throw engineError(error, 'images could not be listed')
  }
}

/** Gives an image a further name, and returns it under that name. */
export const tagImage = async (
  api: EngineApi,
  reference: string,
  name: string,
): Promise<ImageInfo> => {
  const { repository, tag } = parseImageReference(name)
  try {
    await api.json('POST', `/images/${encodeURI(reference)}/tag`, {
      query: { repo: repository, tag },
    })
  } catch (error) {
    throw engineError(error, `image ${reference} could not be named ${name}`, { image: reference })
  }
  return inspectMadeImage(api, name)
}
