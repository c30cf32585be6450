import { isMesocosmError } from '../../src/errors/mesocosm-error.ts'
import { label } from '../../src/runtime/labels.ts'
import { engineText } from '../engine/api.ts'
import type { Endpoint } from '../engine/endpoint.ts'

export interface PresentImage {
  readonly id: string
  /** Of a stand-in; absent for a real image. */
  readonly contentHash?: string
}

/** Returns the engine's images by name. */
export const presentImages = async (
  endpoint: Endpoint,
): Promise<ReadonlyMap<string, PresentImage>> => {
  const listed = JSON.parse(await engineText(endpoint, { path: '/images/json' })) as Listed[]
  return new Map(
    listed.flatMap((image) =>
      (image.RepoTags ?? []).map((tag): [string, PresentImage] => {
        const contentHash = image.Labels?.[label.contentHash]
        // Podman lists full names.
        const name = tag.replace(/^docker\.io\/(library\/)?/, '')
        return [name, { id: image.Id, ...(contentHash === undefined ? {} : { contentHash }) }]
      }),
    ),
  )
}

/** Removes an image, unless a container still uses it. */
export const removeUnused = async (endpoint: Endpoint, id: string): Promise<void> => {
  try {
    await engineText(endpoint, { method: 'DELETE', path: `/images/${id}` })
  } catch (error) {
    // The engine refuses to remove an image in use.
    if (!isMesocosmError(error)) throw error
  }
}

// ---

interface Listed {
  readonly Id: string
  readonly RepoTags: readonly string[] | null
  readonly Labels: Readonly<Record<string, string>> | null
}
