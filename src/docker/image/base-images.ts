import { credentials, dockerHub } from './credentials.ts'
import { expand, instructionsOf, wordsOf } from './dockerfile.ts'
import { parseImageReference } from './image-reference.ts'

/** An image that a build starts from or copies from. */
export interface BaseImage {
  readonly reference: string
  /** Whether the Dockerfile asks for a platform, which the engine must resolve. */
  readonly platform: boolean
}

/** Build arguments and the stage to stop at. */
export interface BaseImageOptions {
  readonly args?: Readonly<Record<string, string>>
  /** Name or number of the last stage that is built; default the last one of the file. */
  readonly target?: string
}

/** Returns credentials by registry, for the base images of a Dockerfile. */
export const baseImageCredentials = async (
  images: readonly BaseImage[],
): Promise<Record<string, object>> => {
  const registries = [...new Set(images.map((it) => parseImageReference(it.reference).registry))]
  const logins = await Promise.all(
    registries.map(
      async (registry) => [registry ?? dockerHub, await credentials(registry)] as const,
    ),
  )
  return Object.fromEntries(
    logins.flatMap(([registry, { auth }]) => (auth === undefined ? [] : [[registry, auth]])),
  )
}

/**
 * Returns the images that a Dockerfile names in `FROM`, `COPY --from` and `RUN --mount=from`, in all stages up to the
 * target: arguments are filled in, `scratch` and earlier stages left out. Names that remain empty are left out too:
 * the build reports them.
 */
export const baseImages = (
  dockerfile: string,
  { args = {}, target }: BaseImageOptions = {},
): BaseImage[] => {
  const values = new Map<string, string>()
  const stages = new Set<string>(['scratch'])
  const images = new Map<string, BaseImage>()
  let count = 0
  const add = (reference: string, platform: boolean) => {
    if (reference === '' || stages.has(reference.toLowerCase())) return
    images.set(reference, { reference, platform: platform && images.get(reference) === undefined })
  }
  let isTarget = false
  for (const { name, rest } of instructionsOf(dockerfile)) {
    if (name === 'FROM' && isTarget) break
    if (name === 'ARG' && count === 0) setDefaults(values, rest, args)
    if (name === 'FROM') {
      const { image, flags, stage } = partsOf(rest)
      add(expand(image, values), flags.includes('--platform='))
      if (stage !== undefined) stages.add(stage)
      isTarget = target !== undefined && [stage, `${count}`].includes(target.toLowerCase())
      stages.add(`${count++}`)
    }
    for (const from of sources(name, rest)) add(expand(from, values), false)
  }
  return [...images.values()]
}

// ---

/** `ARG NAME=default OTHER`: arguments of the build win over defaults, which may name earlier arguments. */
const setDefaults = (
  values: Map<string, string>,
  rest: string,
  args: Readonly<Record<string, string>>,
): void => {
  for (const word of wordsOf(rest)) {
    const [, name = '', value] = /^(\w+)(?:=(.*))?$/s.exec(word) ?? []
    const given = Object.hasOwn(args, name) ? args[name] : undefined
    if (given !== undefined) values.set(name, given)
    else if (value !== undefined) values.set(name, expand(value, values))
  }
}

const partsOf = (rest: string) => {
  const words = wordsOf(rest)
  const flags = words.filter((word) => word.startsWith('--')).join(' ')
  const [image = '', as, stage] = words.filter((word) => !word.startsWith('--'))
  return { image, flags, stage: as?.toLowerCase() === 'as' ? stage?.toLowerCase() : undefined }
}

/** Returns the images or stages that an instruction copies or mounts from. */
const sources = (name: string, rest: string): string[] => {
  const flags = /^(?:--\S+\s+)*/.exec(rest)?.[0] ?? ''
  if (name === 'COPY') return [...flags.matchAll(/--from=(\S+)/g)].map(([, from = '']) => from)
  if (name !== 'RUN') return []
  return [...flags.matchAll(/--mount=(\S+)/g)].flatMap(([, options = '']) =>
    options.split(',').flatMap((option) => /^from=(.+)$/.exec(option)?.[1] ?? []),
  )
}
