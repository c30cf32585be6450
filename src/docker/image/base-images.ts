import type { HelperOptions } from './credential-helper.ts'
import { credentials, dockerHub } from './credentials.ts'
import { expand, flagsOf, type Instruction, instructionsOf, wordsOf } from './dockerfile.ts'
import { parseImageReference } from './image-reference.ts'
import { isSamePlatform } from './platform.ts'

/** An image that a build starts from or copies from. */
export interface BaseImage {
  readonly reference: string
  /** Whether the Dockerfile asks for another platform than that of the engine, which the engine must resolve. */
  readonly platform: boolean
}

/** What decides about the images that a build needs. */
export interface BaseImageOptions {
  readonly args?: Readonly<Record<string, string>>
  /** Name or number of the last stage that is built; default the last one of the file. */
  readonly target?: string
  /** Platform of the engine, which `FROM` may name by arguments; default none, and they are empty. */
  readonly platform?: string
  /** Platform that is built for; default that of the engine. */
  readonly targetPlatform?: string
  /** Whether stages that the target does not need are left out, as BuildKit leaves them. Default false. */
  readonly onlyUsed?: boolean
}

/** Returns credentials by registry, for the base images of a Dockerfile. */
export const baseImageCredentials = async (
  images: readonly BaseImage[],
  options: HelperOptions = {},
): Promise<Record<string, object>> => {
  const registries = [...new Set(images.map((it) => parseImageReference(it.reference).registry))]
  const logins = await Promise.all(
    registries.map(
      async (registry) => [registry ?? dockerHub, await credentials(registry, options)] as const,
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
export const baseImages = (dockerfile: string, options: BaseImageOptions = {}): BaseImage[] => {
  const stages = stagesOf(dockerfile, options)
  const needed = options.onlyUsed === true ? neededOf(stages) : stages
  const images = new Map<string, BaseImage>()
  for (const image of needed.flatMap(({ sources }) => sources)) {
    if (typeof image === 'number' || image.reference === '') continue
    const { reference, platform } = image
    images.set(reference, { reference, platform: platform && !images.has(reference) })
  }
  return [...images.values()]
}

/**
 * Returns a Dockerfile that names base images differently; lines keep their numbers.
 *
 * @param names the new name of a base image, by the one in the Dockerfile with its arguments filled in.
 */
export const withNamedBases = (
  dockerfile: string,
  options: BaseImageOptions,
  names: ReadonlyMap<string, string>,
): string => {
  const lines = dockerfile.split('\n')
  for (const image of stagesOf(dockerfile, options).flatMap(({ sources }) => sources)) {
    if (typeof image === 'number' || image.platform) continue
    const { reference, written, instruction } = image
    const name = names.get(reference)
    if (name === undefined) continue
    const pattern = new RegExp(`(^|[\\s="',])${escaped(written)}(?=$|[\\s"',])`)
    for (let at = instruction.line - 1; at < instruction.lastLine; at++) {
      const line = lines[at] as string
      if (!pattern.test(line)) continue
      lines[at] = line.replace(pattern, (_, before: string) => `${before}${name}`)
      break
    }
  }
  return lines.join('\n')
}

/** Returns the arguments that BuildKit sets by itself, for an image of the target platform built on the other one. */
export const platformArgs = (platform: string, target = platform): ReadonlyMap<string, string> =>
  new Map(
    Object.entries({ TARGET: target, BUILD: platform }).flatMap(([side, text]) => {
      const [os = '', arch = '', variant = ''] = text.split('/')
      return [
        [`${side}PLATFORM`, text],
        [`${side}OS`, os],
        [`${side}ARCH`, arch],
        [`${side}VARIANT`, variant],
      ]
    }),
  )

// ---

/** A stage with what it takes files from: images, and earlier stages by their number. */
interface Stage {
  readonly sources: (NamedImage | number)[]
}

/** A base image and where the Dockerfile names it. */
interface NamedImage extends BaseImage {
  /** As it is written, with arguments. */
  readonly written: string
  readonly instruction: Instruction
}

/** Returns the stages up to the target. */
const stagesOf = (
  dockerfile: string,
  { args = {}, target, platform, targetPlatform = platform }: BaseImageOptions,
): readonly Stage[] => {
  const values = new Map(platform === undefined ? [] : platformArgs(platform, targetPlatform))
  const isForeign = (asked = targetPlatform): boolean =>
    asked !== undefined && (platform === undefined || !isSamePlatform(asked, platform))
  const names = new Map<string, number>()
  const stages: Stage[] = []
  let isTarget = false
  for (const instruction of instructionsOf(dockerfile)) {
    const { name, rest } = instruction
    const source = (written: string, platform: boolean): readonly (NamedImage | number)[] => {
      const reference = expand(written, values)
      if (reference.toLowerCase() === 'scratch') return []
      const stage = names.get(reference.toLowerCase())
      return [stage ?? { reference, platform, written, instruction }]
    }
    if (name === 'FROM' && isTarget) break
    if (name === 'ARG' && stages.length === 0) setDefaults(values, rest, args)
    if (name === 'FROM') {
      const { image, platform: asked, stage } = partsOf(rest)
      const foreign = isForeign(asked === undefined ? undefined : expand(asked, values))
      const number = stages.push({ sources: [...source(image, foreign)] }) - 1
      if (stage !== undefined) names.set(stage, number)
      names.set(`${number}`, number)
      isTarget = target !== undefined && [stage, `${number}`].includes(target.toLowerCase())
    }
    for (const from of sources(name, rest))
      stages.at(-1)?.sources.push(...source(from, isForeign()))
  }
  return stages
}

/** Returns the last stage and those that it takes files from. */
const neededOf = (stages: readonly Stage[]): readonly Stage[] => {
  const needed = new Set<number>()
  const add = (number: number): void => {
    if (needed.has(number)) return
    needed.add(number)
    for (const from of stages[number]?.sources ?? []) if (typeof from === 'number') add(from)
  }
  add(stages.length - 1)
  return stages.filter((_, number) => needed.has(number))
}

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
  const platform = words.find((word) => word.startsWith('--platform='))?.replace('--platform=', '')
  const [image = '', as, stage] = words.filter((word) => !word.startsWith('--'))
  return { image, platform, stage: as?.toLowerCase() === 'as' ? stage?.toLowerCase() : undefined }
}

/** Returns the images or stages that an instruction copies or mounts from. */
const sources = (name: string, rest: string): string[] => {
  const valuesOf = (flag: string) =>
    flagsOf(rest).flatMap((it) => (it.startsWith(`${flag}=`) ? [it.slice(flag.length + 1)] : []))
  if (name === 'COPY') return valuesOf('--from').filter((from) => from !== '')
  if (name !== 'RUN') return []
  return valuesOf('--mount').flatMap((options) =>
    options.split(',').flatMap((option) => /^from=(.+)$/i.exec(option)?.[1] ?? []),
  )
}

const escaped = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&')
