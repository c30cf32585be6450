import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { join } from 'node:path'
import { isMesocosmError, MesocosmError } from '../../errors/mesocosm-error.ts'
import { messageOf } from '../../errors/unknown-error.ts'
import { type FileSpec, localSpecOf, type ServiceSpec } from '../../model/service-spec.ts'
import type { ProgramConfig } from '../../plan/desired.ts'
import { mergeContainer } from '../../plan/merge-container.ts'
import { type HostEntry, readHostTree } from '../../runtime/host-files.ts'
import type { ImageInfo, ImageRequest } from '../../runtime/image-request.ts'
import { requireAbility } from '../../runtime/require-ability.ts'
import type { Runtime } from '../../runtime/runtime.ts'
import type { EngineContext } from '../run/context.ts'
import { resolveTaskImages, type TaskImage } from './task-images.ts'
import { readPins } from './with-pins.ts'

/** A service whose image exists and whose module, if it has one, has been read. */
export interface ResolvedService {
  /** Completed with the values that were read from the module. */
  readonly spec: ServiceSpec
  readonly image: ImageInfo
  /** Files with a digest of their content on the host. */
  readonly files: ProgramConfig['files']
  /** By `setup` task: what its own container is created from, if it has one. */
  readonly taskImages: readonly (TaskImage | undefined)[]
  /** For services with `prebuild`: the name of images with their data, without tag. */
  readonly prebuilt: string | undefined
}

/** A declared service and the topology it belongs to. */
export interface ResolveSource {
  /** Name of the topology. */
  readonly topology: string
  /** Folder of the topology. */
  readonly root: string
  readonly name: string
  readonly spec: ServiceSpec
  /** Whether it runs as a process of this machine, so that its image is not needed. Default `false`. */
  readonly isLocal?: boolean
}

/** What a service's image is pulled or built from, and its spec completed by its module. */
export interface ImageSource {
  /** `local` for an endpoint of the test and for a process, whose sandboxes need only an image that the runtime makes. */
  readonly request: ImageRequest
  readonly spec: ServiceSpec
}

/**
 * Pulls or builds a service's image, and reads its files.
 *
 * @param former the image of an earlier start. If it has lost its name and cannot be pulled, as an image that was built
 * by hand, it is used as long as the engine has it.
 */
export const resolveService = async (
  context: EngineContext,
  source: Pick<ResolveSource, 'topology' | 'name' | 'root'>,
  { request, spec }: ImageSource,
  former?: ImageInfo,
): Promise<ResolvedService> => {
  const { runtime } = context
  const note = (line: string) => context.progress({ kind: 'image', service: source.name, line })
  const digest = (file: FileSpec) => withDigest(file, note)
  const { topology, name: service } = source
  // At each start: the lock file may have changed.
  const withPins = await readPins(source.root, context.info)
  const imageOf = (asked: Exclude<ImageRequest, { kind: 'local' }>) =>
    context.images.during({ topology, service, request: asked }, (report) =>
      runtime.image(withPins(asked), {
        onProgress: (line) => {
          report(line)
          note(line)
        },
      }),
    )
  const [image, files, local, taskImages] = await Promise.all([
    (request.kind === 'local' ? requireAbility(runtime, 'relayImage')() : imageOf(request)).catch(
      (error: unknown) =>
        former === undefined || request.kind === 'build'
          ? Promise.reject(error)
          : withoutName(runtime, former, error),
    ),
    Promise.all((request.kind === 'local' ? [] : (spec.files ?? [])).map(digest)),
    withLocalDigests(spec, digest),
    resolveTaskImages(spec, {
      name: `${topology}-${service}`,
      cacheFolder: cacheFolder(source.root),
      image: imageOf,
      digest,
    }),
  ])
  // A runtime that cannot save containers sets the service up each time, with the same result.
  const isPrebuilt = spec.prebuild === true && runtime.commit !== undefined
  const prebuilt = isPrebuilt ? `mesocosm/prebuilt-${source.topology}-${source.name}` : undefined
  return { spec: { ...spec, ...local }, image, files, taskImages, prebuilt }
}

/** Returns what a service's image is pulled or built from, and its spec completed by its module. */
export const imageSource = async (
  runtime: Runtime,
  { topology, root, name, spec, isLocal = false }: ResolveSource,
): Promise<ImageSource> => {
  // Without containers, the module of a service that has a local form is not needed.
  const isRead = runtime.readModule !== undefined || localSpecOf(spec) === undefined
  if (spec.from !== undefined && isRead) {
    const read = await requireAbility(runtime, 'readModule')(spec.from, root)
    return {
      request: isLocal
        ? await relayRequest(runtime)
        : pull(read.image, spec.platform ?? read.platform),
      spec: mergeContainer(spec, read),
    }
  }
  if (spec.endpoint !== undefined || isLocal) return { request: await relayRequest(runtime), spec }
  if (spec.build !== undefined)
    return {
      request: {
        kind: 'build',
        name: `${topology}-${name}`,
        build:
          spec.platform === undefined ? spec.build : { platform: spec.platform, ...spec.build },
        cacheFolder: cacheFolder(root),
      },
      spec,
    }
  return { request: pull(spec.image ?? spec.from?.module ?? '', spec.platform), spec }
}

// ---

const relayRequest = async (runtime: Runtime): Promise<ImageSource['request']> => {
  const { reference } = await requireAbility(runtime, 'relayImage')()
  return { kind: 'local', reference }
}

const pull = (reference: string, platform: string | undefined): ImageSource['request'] => ({
  kind: 'pull',
  reference,
  ...(platform === undefined ? {} : { platform }),
})

/** Returns the image if the engine still has it; else throws the failure of its pull. */
const withoutName = async (
  runtime: Runtime,
  former: ImageInfo,
  error: unknown,
): Promise<ImageInfo> => {
  try {
    await runtime.image({ kind: 'local', reference: former.id })
    return former
  } catch {
    throw error
  }
}

/** Returns the local form of a service, with digests of its files, so that an edited one changes its hash. */
const withLocalDigests = async (
  spec: ServiceSpec,
  digest: (file: FileSpec) => Promise<FileSpec>,
): Promise<Pick<ServiceSpec, 'local'>> => {
  const local = localSpecOf(spec)
  if (local?.files === undefined) return {}
  return { local: { ...local, files: await Promise.all(local.files.map(digest)) } }
}

/** Folder for the hashes of build folders. */
const cacheFolder = (root: string): string => join(root, '.mesocosm', 'cache')

const withDigest = async (file: FileSpec, note: (line: string) => void) => {
  const { from } = file
  if (from === undefined) return file
  try {
    const { entries, omitted } = await readHostTree(from)
    for (const what of omitted) note(`not copied: ${what}`)
    return { ...file, digest: await digestOf(entries) }
  } catch (cause) {
    throw isMesocosmError(cause) ? cause : unreadable(from, cause)
  }
}

const unreadable = (path: string, cause: unknown) =>
  new MesocosmError({
    code: 'TOPOLOGY_INVALID',
    message: `${path} could not be read: ${messageOf(cause)}`,
    remedy: 'check the path in `files`, and that this user may read everything below it',
    facts: { path },
    cause,
  })

const digestOf = async (entries: readonly HostEntry[]): Promise<string> => {
  const hash = createHash('sha256')
  for (const { path, name, mode, content } of entries) {
    const { kind } = content
    hash.update(JSON.stringify([kind, name, mode, kind === 'link' ? content.target : '']))
    if (kind === 'file') for await (const chunk of createReadStream(path)) hash.update(chunk)
  }
  return hash.digest('hex').slice(0, 16)
}
