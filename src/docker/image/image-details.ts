import { aborted } from '../../call/deadline.ts'
import { MesocosmError } from '../../errors/mesocosm-error.ts'
import type { ImageOptions } from '../../runtime/image-request.ts'
import type { ImageDetails, RegistryImage } from '../../runtime/stored-image.ts'
import type { DistributionJson, ImageJson } from '../api/api-types.ts'
import type { EngineApi } from '../api/engine-api.ts'
import { says } from '../api/engine-words.ts'
import { engineError, hasStatus } from '../api/errors.ts'
import { libpodVersion } from '../api/ping-headers.ts'
import { credentials } from './credentials.ts'
import { parseImageReference, shortReference } from './image-reference.ts'
import { pullError } from './pull-error.ts'

/** Returns facts about a local image; `undefined` when it is missing. */
export const describeImage = async (
  api: EngineApi,
  reference: string,
): Promise<ImageDetails | undefined> => {
  try {
    const json = await api.json<ImageJson>('GET', `/images/${encodeURI(reference)}/json`)
    return {
      id: json.Id,
      digests: ownDigests(json, reference),
      bytes: json.Size ?? 0,
      platform: platformOf({
        os: json.Os,
        architecture: json.Architecture,
        variant: json.Variant,
      }),
    }
  } catch (error) {
    if (hasStatus(error, 404, 400) || says('no image name', error)) return undefined
    throw engineError(error, `image ${reference} could not be inspected`, { image: reference })
  }
}

/** Returns the digests that an image was pulled by. */
export const digestsOf = ({ RepoDigests: names }: ImageJson): readonly string[] =>
  (names ?? []).flatMap((name) => name.split('@')[1] ?? [])

/** Asks the registry of an image, through the engine and with the user's credentials, what its name stands for. */
export const registryImage = async (
  api: EngineApi,
  reference: string,
  { onProgress, signal }: ImageOptions = {},
): Promise<RegistryImage> => {
  if ((await libpodVersion(api)) !== undefined) throw withoutLookUp(reference)
  const { registry } = parseImageReference(reference)
  const login = await credentials(registry, { signal })
  if (login.failure !== undefined) onProgress?.(login.failure)
  try {
    const path = `/distribution/${encodeURI(reference)}/json`
    const { Descriptor: descriptor, Platforms: platforms } = await api.json<DistributionJson>(
      'GET',
      path,
      {
        ...(signal === undefined ? {} : { signal }),
        ...(login.auth === undefined ? {} : { auth: login.auth }),
      },
    )
    return {
      digest: descriptor.digest,
      // An index may also have entries that are not images, such as attestations.
      platforms: (platforms ?? [])
        .filter(({ os }) => os !== undefined && os !== '' && os !== 'unknown')
        .map(platformOf),
    }
  } catch (error) {
    if (signal?.aborted === true)
      throw aborted(`the question about ${reference}`, signal.reason, { remedy: 'run it again' })
    throw pullError(error, reference, login, `image ${reference} could not be looked up`)
  }
}

// ---

/** Podman answers as if the image were missing. */
const withoutLookUp = (reference: string): MesocosmError =>
  new MesocosmError({
    code: 'RUNTIME_UNSUPPORTED',
    message: `image ${reference} could not be looked up: Podman asks registries only to pull`,
    remedy: 'run it with Docker; what it writes is valid for Podman, too',
    facts: { image: reference },
  })

/** Another repository can have another digest for the same image. */
const ownDigests = ({ RepoDigests: names }: ImageJson, reference: string): readonly string[] => {
  const own = repositoryOf(reference)
  return (names ?? []).flatMap((name) =>
    repositoryOf(name) === own ? (name.split('@')[1] ?? []) : [],
  )
}

const repositoryOf = (name: string): string =>
  shortReference(name)
    .replace(/@.*$/, '')
    .replace(/:[^:/]*$/, '')

const platformOf = ({
  os = 'linux',
  architecture = '',
  variant,
}: {
  readonly os?: string | undefined
  readonly architecture?: string | undefined
  readonly variant?: string | undefined
}): string =>
  // The only variant of arm64, which few names have.
  [os, architecture, ...(variant && variant !== 'v8' ? [variant] : [])].join('/')
