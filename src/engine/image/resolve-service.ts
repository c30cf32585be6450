import { createHash } from 'node:crypto'
import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { MesocosmError } from '../../errors/mesocosm-error.ts'
import { messageOf } from '../../errors/unknown-error.ts'
import type { ServiceSpec } from '../../model/service-spec.ts'
import type { ProgramConfig } from '../../plan/desired.ts'
import { mergeContainer } from '../../plan/merge-container.ts'
import { requireAbility } from '../../runtime/require-ability.ts'
import type { ImageInfo, ImageRequest, Runtime } from '../../runtime/runtime.ts'
import type { EngineContext } from '../run/context.ts'
import { hasPrebuilt, prebuiltReference } from './prebuilt.ts'

/** A service whose image exists and whose module, if it has one, has been read. */
export interface ResolvedService {
  /** Completed with the values that were read from the module. */
  readonly spec: ServiceSpec
  readonly image: ImageInfo
  /** Files with a digest of their content on the host. */
  readonly files: ProgramConfig['files']
  /** For services with `prebuild`: the image to start from, or to make. */
  readonly prebuilt: { readonly reference: string; readonly present: boolean } | undefined
}

/** A declared service and the topology it belongs to. */
export interface ResolveSource {
  /** Name of the topology. */
  readonly topology: string
  /** Folder of the topology. */
  readonly root: string
  readonly name: string
  readonly spec: ServiceSpec
}

/** Pulls or builds a service's image, reads its module and its files. */
export const resolveService = async (
  context: EngineContext,
  source: ResolveSource,
): Promise<ResolvedService> => {
  const { runtime } = context
  const { request, spec } = await imageSource(runtime, source)
  const [image, files] = await Promise.all([
    context.images.during({ topology: source.topology, service: source.name, request }, (report) =>
      runtime.image(request, {
        onProgress: (line) => {
          report(line)
          context.progress({ kind: 'image', service: source.name, line })
        },
      }),
    ),
    Promise.all((spec.files ?? []).map(withDigest)),
  ])
  const resolved = { spec, image, files }
  // A runtime that cannot save containers sets the service up each time, with the same result.
  if (!spec.prebuild || runtime.commit === undefined) return { ...resolved, prebuilt: undefined }
  const reference = prebuiltReference(source.topology, source.name, resolved)
  return { ...resolved, prebuilt: { reference, present: await hasPrebuilt(context, reference) } }
}

/** Returns what a service's image is pulled or built from, and its spec completed by its module. */
export const imageSource = async (
  runtime: Runtime,
  { topology, root, name, spec }: ResolveSource,
): Promise<{
  readonly request: Exclude<ImageRequest, { kind: 'local' }>
  readonly spec: ServiceSpec
}> => {
  if (spec.from !== undefined) {
    const read = await requireAbility(runtime, 'readModule')(spec.from, root)
    return {
      request: { kind: 'pull', reference: read.image },
      spec: mergeContainer(spec, read),
    }
  }
  if (spec.build !== undefined)
    return { request: { kind: 'build', name: `${topology}-${name}`, build: spec.build }, spec }
  return { request: { kind: 'pull', reference: spec.image as string }, spec }
}

// ---

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
    message: `${path} could not be read: ${messageOf(cause)}`,
    remedy: 'check the path in `files`, and that this user may read everything below it',
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
