import { credentials, dockerHub } from './credentials.ts'
import { parseImageReference } from './image-reference.ts'

/** Returns credentials by registry, for the base images of a Dockerfile. */
export const baseImageCredentials = async (dockerfile: string): Promise<Record<string, object>> => {
  const registries = [
    ...new Set(baseImages(dockerfile).map((it) => parseImageReference(it).registry)),
  ]
  const logins = await Promise.all(
    registries.map(
      async (registry) => [registry ?? dockerHub, await credentials(registry)] as const,
    ),
  )
  return Object.fromEntries(
    logins.flatMap(([registry, { auth }]) => (auth === undefined ? [] : [[registry, auth]])),
  )
}

/** Returns images named in FROM, without earlier stages, `scratch`, and names that contain an argument. */
export const baseImages = (dockerfile: string): string[] => {
  const stages = new Set(['scratch'])
  const images: string[] = []
  for (const [, image = '', stage] of dockerfile.matchAll(from)) {
    if (!stages.has(image.toLowerCase()) && !image.includes('$')) images.push(image)
    if (stage !== undefined) stages.add(stage.toLowerCase())
  }
  return images
}

// ---

const from = /^[ \t]*FROM[ \t]+(?:--\S+[ \t]+)*(\S+)(?:[ \t]+AS[ \t]+(\S+))?/gim
