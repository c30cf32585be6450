import { label } from '../../runtime/labels.ts'
import type { ImageRowJson } from '../api/api-types.ts'
import { type EngineApi, labelFilter, segment } from '../api/engine-api.ts'
import { hasStatus } from '../api/errors.ts'
import { libpodVersion } from '../api/ping-headers.ts'
import { shortReference } from './image-reference.ts'

/** Returns the parameters of a build by which Podman marks the layers that it keeps as images without a name. */
export const layerMark = (tag: string): { readonly layerLabel: readonly string[] } => ({
  layerLabel: [`${label.layer}=${repositoryOf(tag)}`],
})

/**
 * Removes what Podman keeps of the builds of an image after its last version was removed: the layers of stages, which
 * belong to no image with a name. Docker removes them with its cache.
 */
export const removeStageLayers = async (api: EngineApi, removed: string): Promise<void> => {
  const repository = repositoryOf(removed)
  if (!repository.startsWith('mesocosm/') || (await libpodVersion(api)) === undefined) return
  const all = await list(api, {})
  const isVersion = (name: string) => repositoryOf(name) === repository
  if (all.some(({ RepoTags: names }) => (names ?? []).some(isVersion))) return
  const layers = await list(api, {
    dangling: ['true'],
    label: labelFilter({ [label.layer]: repository }),
  })
  for (const { Id: id } of layers)
    try {
      // With a layer, Podman removes those below that nothing else needs.
      await api.json('DELETE', `/images/${segment(id)}`)
    } catch (error) {
      // 404: removed with another one. 409: a build uses it.
      if (!hasStatus(error, 404, 409)) throw error
    }
}

// ---

/** Names of images that are made here have no registry. */
const repositoryOf = (name: string): string => shortReference(name).split(':')[0] as string

const list = (
  api: EngineApi,
  filters: Readonly<Record<string, readonly string[]>>,
): Promise<readonly ImageRowJson[]> =>
  api.json<readonly ImageRowJson[]>('GET', '/images/json', { query: { filters } })
