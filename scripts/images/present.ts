import { isMesocosmError } from '../../src/errors/mesocosm-error.ts'
import { label } from '../../src/runtime/labels.ts'
import { engineText } from '../engine/api.ts'
import type { Endpoint } from '../engine/endpoint.ts'

export interface PresentImage {
  readonly id: string
  /** Of a stand-in; absent for a real image. */
  readonly contentHash?: string
}

/** The images that are here, by name. */
export const presentImages = async (
  endpoint: Endpoint,
): Promise<ReadonlyMap<string, PresentImage>> => {
  const listed = JSON.parse(await engineText(endpoint, { path: '/images/json' })) as Listed[]
  return new Map(
    listed.flatMap((image) =>
      (image.RepoTags ?? []).map((tag): [string, PresentImage] => {
        const contentHash = image.Labels?.[label.contentHash]
        // Podman writes names out in full.
        const name = tag.replace(/^docker\.io\/(library\/)?/, '')
        return [name, { id: image.Id, ...(contentHash === undefined ? {} : { contentHash }) }]
      }),
    ),
  )
}

/** Removes an image that has lost its name; one that a container still uses stays. */
export const removeUnused = async (endpoint: Endpoint, id: string): Promise<void> => {
  try {
    await engineText(endpoint, { method: 'DELETE', path: `/images/${id}` })
  } catch (error) {
    // The engine refuses while somebody uses it, which is right.
    if (!isMesocosmError(error)) throw error
  }
}

interface Listed {
  readonly Id: string
  readonly RepoTags: readonly string[] | null
  readonly Labels: Readonly<Record<string, string>> | null
}
