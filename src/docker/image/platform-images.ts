import { createHash } from 'node:crypto'
import { MesocosmError } from '../../errors/mesocosm-error.ts'
import type { ImageInfo } from '../../runtime/image-request.ts'
import type { EngineApi } from '../api/engine-api.ts'
import { hasStatus } from '../api/errors.ts'
import { inspectImage, inspectMadeImage } from './image-info.ts'
import { parseImageReference } from './image-reference.ts'
import { isSamePlatform } from './platform.ts'
import { pullImage } from './pull.ts'
import { tagImage } from './same-content.ts'
import type { WorkOptions } from './shared-work.ts'

/** An image for a platform that the caller has asked for. */
export interface PlatformImage {
  readonly reference: string
  readonly platform: string
}

/** Returns the image if the engine has it for this platform. */
export const findForPlatform = async (
  api: EngineApi,
  { reference, platform }: PlatformImage,
): Promise<ImageInfo | undefined> => {
  for (const name of [reference, nameFor(reference, platform)]) {
    const found = await inspectImage(api, name, platform)
    if (found !== undefined && hasPlatform(found, platform)) return found
  }
  return undefined
}

/**
 * Pulls an image for a platform. On most engines a name stands for one platform at a time: if that becomes another one
 * than the engine's own, the image gets a name for itself, and the name that was asked for is given back, because
 * services without a platform use it.
 */
export const pullForPlatform = async (
  api: EngineApi,
  wanted: PlatformImage & { readonly enginePlatform: string },
  options: WorkOptions,
): Promise<ImageInfo> => {
  const { reference, platform, enginePlatform } = wanted
  const before = await inspectImage(api, reference)
  try {
    await pullImage(api, reference, options, platform)
  } catch (error) {
    throw before === undefined ? error : withPresent(error, wanted, before)
  }
  const made = await inspectMadeImage(api, reference, platform)
  // A store for many platforms keeps the id, and may show another one of them.
  if (made.id === before?.id) return made
  if (!hasPlatform(made, platform)) {
    await nameAgain(api, reference, before)
    throw otherPlatform(wanted, made)
  }
  if (isSamePlatform(platform, enginePlatform)) return made
  const named = await tagImage(api, reference, nameFor(reference, platform))
  await nameAgain(api, reference, before)
  return named
}

// ---

/** An image that does not tell its platform is taken for right. */
const hasPlatform = ({ platform }: ImageInfo, wanted: string): boolean =>
  platform === undefined || isSamePlatform(platform, wanted)

/** Name under which an image for another platform is kept. */
const nameFor = (reference: string, platform: string): string => {
  const { repository } = parseImageReference(reference)
  const last = repository.split('/').at(-1) ?? repository
  const words = `${platform}-${last}`.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')
  const hash = createHash('sha256').update(`${reference}\0${platform}`).digest('hex')
  return `mesocosm/platform-${words}:${hash.slice(0, 16)}`
}

const nameAgain = async (
  api: EngineApi,
  reference: string,
  before: ImageInfo | undefined,
): Promise<void> => {
  // A digest cannot be given back as a tag: without it, the image is found by its id or pulled again.
  if (before !== undefined && !reference.includes('@')) {
    await tagImage(api, before.id, reference)
    return
  }
  try {
    await api.json('DELETE', `/images/${encodeURI(reference)}`)
  } catch (error) {
    if (!hasStatus(error, 404, 409)) throw error
  }
}

const otherPlatform = (
  { reference, platform }: PlatformImage,
  { platform: found }: ImageInfo,
): MesocosmError =>
  new MesocosmError({
    code: 'IMAGE_NOT_FOUND',
    message: `image ${reference} exists for ${found}, not for ${platform}`,
    remedy: `set \`platform\` to "${found}" or leave it out, or choose an image that has ${platform}`,
    facts: { image: reference, platform },
  })

const withPresent = (
  error: unknown,
  { reference, platform }: PlatformImage,
  { platform: present }: ImageInfo,
): unknown =>
  error instanceof MesocosmError
    ? new MesocosmError({
        code: error.code,
        message: error.summary,
        ...(error.remedy === undefined ? {} : { remedy: error.remedy }),
        facts: { ...error.facts, platform },
        details: [
          ...error.details,
          `the engine has ${reference} for ${present}, not for ${platform}`,
        ],
        cause: error,
      })
    : error
