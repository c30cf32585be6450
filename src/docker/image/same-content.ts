import type { ImageInfo } from '../../runtime/image-request.ts'
import { label } from '../../runtime/labels.ts'
import type { ImageJson, ImageRowJson } from '../api/api-types.ts'
import { type EngineApi, labelFilter } from '../api/engine-api.ts'
import { engineError } from '../api/errors.ts'
import { buildTag } from './build.ts'
import { inspectMadeImage } from './image-info.ts'
import { parseImageReference, shortReference } from './image-reference.ts'

/** Returns the name of an image that was built from content with this key, under any name. */
export const findByContent = async (api: EngineApi, key: string): Promise<string | undefined> => {
  const suffix = buildTag('', key).split(':')[1] as string
  // Images that are made from a built one inherit its labels, but not its tag.
  return (await namesWith(api, label.contentHash, key)).find((name) => name.endsWith(`:${suffix}`))
}

/** Returns the name of the newest image of a service that was built from this context on any base images. */
export const findByContext = async (
  api: EngineApi,
  name: string,
  contextHash: string,
): Promise<string | undefined> => {
  const [repository] = buildTag(name, '').split(':')
  const names = await namesWith(api, label.contextHash, contextHash)
  const own = names.filter((one) => one.split(':')[0] === repository)
  const times = await Promise.all(own.map((one) => namedMs(api, one)))
  const newest = Math.max(...times)
  return own.find((_, index) => times[index] === newest)
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

// ---

/** When an image got its name, 0 if the engine does not say. BuildKit's images can be as old as their base image. */
const namedMs = async (api: EngineApi, name: string): Promise<number> => {
  const path = `/images/${encodeURI(name)}/json`
  const { Metadata: metadata } = await api.json<ImageJson>('GET', path)
  return Date.parse(metadata?.LastTagTime ?? '') || 0
}

/** Names of images that were built here and have this label, newest first. */
const namesWith = async (api: EngineApi, key: string, value: string): Promise<string[]> => {
  const labels = { [label.made]: '1', [key]: value }
  try {
    const images = await api.json<ImageRowJson[]>('GET', '/images/json', {
      query: { filters: { label: labelFilter(labels) } },
    })
    return images
      .toSorted((a, b) => b.Created - a.Created)
      .flatMap(({ RepoTags: names }) => (names ?? []).map(shortReference))
      .filter((name) => name.startsWith('mesocosm/'))
  } catch (error) {
    throw engineError(error, 'images could not be listed')
  }
}
