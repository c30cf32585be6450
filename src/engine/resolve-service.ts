import { createHash } from 'node:crypto'
import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { MesocosmError } from '../errors/mesocosm-error.ts'
import type { ServiceSpec } from '../model/service-spec.ts'
import type { ProgramConfig } from '../plan/desired.ts'
import { mergeContainer } from '../plan/merge-container.ts'
import type { ImageInfo, ImageRequest } from '../runtime/runtime.ts'
import type { EngineContext } from './context.ts'
import { hasPrebuilt, prebuiltReference } from './prebuilt.ts'

/** A service whose image is there and whose module, if it came from one, has been read. */
export interface ResolvedService {
  readonly spec: ServiceSpec
  readonly image: ImageInfo
  /** Files with a digest of what lies on the host. */
  readonly files: ProgramConfig['files']
  /** For services that are prebuilt: the image to start from, or to make. */
  readonly prebuilt: { readonly reference: string; readonly present: boolean } | undefined
}

export interface ResolveSource {
  readonly topology: string
  readonly root: string
  readonly name: string
  readonly spec: ServiceSpec
}

/** Makes a service's image present and completes its spec with what only the image or module tells. */
export const resolveService = async (
  context: EngineContext,
  source: ResolveSource,
): Promise<ResolvedService> => {
  const [image, files] = await Promise.all([
    context.runtime.image(imageRequest(source), {
      onProgress: (line) => context.progress({ kind: 'image', service: source.name, line }),
    }),
    Promise.all((source.spec.files ?? []).map(withDigest)),
  ])
  // What the topology says wins over what was read off the module.
  const spec: ServiceSpec =
    image.service === undefined ? source.spec : mergeContainer(source.spec, image.service)
  const resolved = {
    spec,
    image,
    files: spec === source.spec ? files : await Promise.all((spec.files ?? []).map(withDigest)),
  }
  if (!spec.prebuild) return { ...resolved, prebuilt: undefined }
  const reference = prebuiltReference(source.topology, source.name, resolved)
  return { ...resolved, prebuilt: { reference, present: await hasPrebuilt(context, reference) } }
}

/** What a service's image is made from, or fetched by. */
export const imageRequest = ({ topology, root, name, spec }: ResolveSource): ImageRequest => {
  if (spec.from !== undefined) return { kind: 'module', module: spec.from, root }
  if (spec.build !== undefined)
    return { kind: 'build', name: `${topology}-${name}`, build: spec.build }
  return { kind: 'pull', reference: spec.image as string }
}

const withDigest = async (file: NonNullable<ServiceSpec['files']>[number]) =>
  file.from === undefined
    ? file
    : {
        ...file,
        digest: await digest(file.from).catch((cause: unknown) => {
          throw unreadable(file.from as string, cause)
        }),
      }

const unreadable = (path: string, cause: unknown) =>
  new MesocosmError({
    code: 'TOPOLOGY_INVALID',
    message: `${path} cannot be read: ${cause instanceof Error ? cause.message : cause}`,
    remedy: 'check the path in `files`, and that this user may read all that lies below it',
    facts: { path },
    cause,
  })

const digest = async (path: string): Promise<string> => {
  const hash = createHash('sha256')
  const add = async (current: string, name: string): Promise<void> => {
    const found = await stat(current)
    hash.update(`${name}\0${found.mode & 0o7777}\0`)
    if (!found.isDirectory()) hash.update(await readFile(current))
    else
      for (const entry of (await readdir(current)).sort())
        await add(join(current, entry), `${name}/${entry}`)
  }
  await add(path, '')
  return hash.digest('hex').slice(0, 16)
}
