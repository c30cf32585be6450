import type { ImageInfo } from '../../runtime/image-request.ts'
import type { CommitRequest } from '../../runtime/stored-image.ts'
import type { ContainerJson, ImageJson } from '../api/api-types.ts'
import { type EngineApi, segment } from '../api/engine-api.ts'
import { engineError } from '../api/errors.ts'
import { inspectMadeImage } from './image-info.ts'
import { parseImageReference } from './image-reference.ts'

/** Saves a container's files as an image; see `RuntimeAbilities.commit`. */
export const commitContainer = async (
  api: EngineApi,
  { container, reference, labels }: CommitRequest,
): Promise<ImageInfo> => {
  const { repository, tag } = parseImageReference(reference)
  try {
    const { Config: config, Image: image } = await api.json<ContainerJson>(
      'GET',
      `/containers/${segment(container)}/json`,
    )
    const { Config: base } = await api.json<ImageJson>('GET', `/images/${segment(image)}/json`)
    await api.json('POST', '/commit', {
      query: { container, repo: repository, tag, pause: 0 },
      body: {
        Env: withoutValues(config.Env ?? [], base?.Env ?? []),
        Labels: { ...blanked(config.Labels ?? {}), ...labels },
      },
      long: true,
    })
    return await inspectMadeImage(api, reference)
  } catch (error) {
    throw engineError(error, `container ${container.slice(0, 12)} could not be saved as an image`, {
      image: reference,
    })
  }
}

// ---

/**
 * Returns the environment of the container's own image, and an empty value for each variable that the container adds:
 * the engine copies the value of every variable that is not named, and a password must not stay in an image. What the
 * engine itself adds keeps its value. Engines before 25 also store the container's own config with the image, as
 * `ContainerConfig`, which no call can change.
 */
const withoutValues = (container: readonly string[], image: readonly string[]): string[] => {
  const keyOf = (entry: string) => entry.split('=', 1)[0] as string
  const keys = new Set(image.map(keyOf))
  return [
    ...image,
    ...container
      .filter((entry) => !keys.has(keyOf(entry)))
      .map((entry) => (ofEngine.has(keyOf(entry)) ? entry : `${keyOf(entry)}=`)),
  ]
}

/** Podman gives these to a container whose image has none; no program is found with an empty `PATH`. */
const ofEngine: ReadonlySet<string> = new Set(['PATH', 'container'])

// The engine copies the container's labels to the image, and from there to containers made of it: those would
// count as part of the run that made the image. Labels cannot be removed, only emptied.
const blanked = (labels: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(
    Object.keys(labels)
      .filter((key) => key.startsWith('dev.mesocosm.'))
      .map((key) => [key, '']),
  )
