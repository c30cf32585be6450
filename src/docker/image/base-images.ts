import { credentials, dockerHub } from './credentials.ts'
import { parseImageReference } from './image-reference.ts'

/** Credentials for the registries that a Dockerfile's base images come from, by registry. */
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

/** Images named after FROM, less earlier stages, `scratch`, and names that an argument decides. */
export const baseImages = (dockerfile: string): string[] => {
  const stages = new Set(['scratch'])
  const images: string[] = []
  for (const [, image = '', stage] of dockerfile.matchAll(from)) {
    if (!stages.has(image.toLowerCase()) && !image.includes('$')) images.push(image)
    if (stage !== undefined) stages.add(stage.toLowerCase())
  }
  return images
}

const from = /^[ \t]*FROM[ \t]+(?:--\S+[ \t]+)*(\S+)(?:[ \t]+AS[ \t]+(\S+))?/gim
