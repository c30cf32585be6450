import { isMesocosmError } from '../../src/errors/mesocosm-error.ts'
import { label } from '../../src/runtime/labels.ts'
import { engineText } from '../engine/api.ts'
import type { Endpoint } from '../engine/endpoint.ts'

export interface PresentImage {
  readonly id: string
  /** Of a stand-in; absent for a real image. */
  readonly contentHash?: string
}

/** An image as the engine lists it. */
export interface ListedImage {
  readonly Id: string
  readonly RepoTags: readonly string[] | null
  readonly Labels: Readonly<Record<string, string>> | null
}

/** Returns the engine's images by name. */
export const presentImages = async (
  endpoint: Endpoint,
): Promise<ReadonlyMap<string, PresentImage>> =>
  imagesByName(JSON.parse(await engineText(endpoint, { path: '/images/json' })))

/** Returns listed images by their names without a registry, as Docker lists them. */
export const imagesByName = (listed: readonly ListedImage[]): ReadonlyMap<string, PresentImage> => {
  const named = listed.flatMap(({ Id: id, RepoTags: tags, Labels: labels }) => {
    const contentHash = labels?.[label.contentHash]
    const image = { id, ...(contentHash === undefined ? {} : { contentHash }) }
    return (tags ?? []).map((tag) => ({ tag, image }))
  })
  // Of two images with one name, Podman takes the local one.
  const locals = Map.groupBy(named, ({ tag }) => local.test(tag))
  return new Map(
    [...(locals.get(false) ?? []), ...(locals.get(true) ?? [])].map(({ tag, image }) => [
      tag.replace(local, '').replace(hub, ''),
      image,
    ]),
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

// Podman lists full names: of Docker Hub, and of what was built or loaded by a name without a registry.
const hub = /^docker\.io\/(library\/)?/
const local = /^localhost\//
