import { isMesocosmError, MesocosmError } from '../../errors/mesocosm-error.ts'
import { didYouMean } from '../../errors/nearest.ts'
import { messageOf } from '../../errors/unknown-error.ts'
import {
  emptyLock,
  type ImageLock,
  type LockedImage,
  lockedIn,
  textOf,
} from '../../lock/image-lock.ts'
import { lockPath, readLock, writeLock } from '../../lock/lock-file.ts'
import { familiarName, ownPin } from '../../model/image-name.ts'
import { openRuntime } from '../../open/open-runtime.ts'
import { requireAbility } from '../../runtime/require-ability.ts'
import type { Runtime } from '../../runtime/runtime.ts'
import type { ImageDetails, RegistryImage } from '../../runtime/stored-image.ts'
import type { Project } from '../project.ts'
import { neededImages } from './needed-images.ts'
import { throwAll } from './throw-all.ts'

/** Options of {@link lockImages}. */
export interface LockImagesOptions {
  /** Writes nothing and asks no registry. Default false. */
  readonly check?: boolean
  /** Locks what these names, or all names (`true`), stand for now; default only names that are not locked. */
  readonly update?: boolean | readonly string[]
  /** Stops it; nothing is written. */
  readonly signal?: AbortSignal
}

/** Result of {@link lockImages}. */
export interface LockedImages {
  /** Path of the lock file. */
  readonly path: string
  /** Whether the file was out of date; it is written then, unless `check` is set. */
  readonly changed: boolean
  /** What was out of date, by image. */
  readonly changes: readonly LockChange[]
  /** Tags that stand for another digest now than the locked one. */
  readonly moved: readonly {
    readonly image: string
    readonly locked: string
    readonly now: string
  }[]
  /** Images that are used as they are, or were locked without asking their registry, with the reason. */
  readonly notes: readonly { readonly image: string; readonly text: string }[]
}

/** A difference between a topology and its lock file. */
export interface LockChange {
  /** Name, such as `postgres:17`. */
  readonly image: string
  /** `updated`: its digest changes; `ids`: only its ids become known; `users`: only the topologies that need it. */
  readonly change: 'added' | 'removed' | 'updated' | 'ids' | 'users'
  /** Digest before. */
  readonly from?: string
  /** Digest after. */
  readonly to?: string
}

/**
 * Locks the images of a topology to what their names stand for in their registries: writes `mesocosm.images.json` next
 * to the nearest `package.json`. Names that are locked stay as they are, unless they are updated; other topologies of
 * the project keep their images.
 *
 * @throws {MesocosmError} `IMAGE_LOCK_INVALID`, and every error of a registry; an `AggregateError` for several images.
 * `ARGUMENT_INVALID` for a name to update that the topology does not need.
 */
export const lockImages = async (
  project: Project,
  options: LockImagesOptions = {},
): Promise<LockedImages> => {
  await using runtime = await openRuntime()
  return await lockOn(runtime, project, options)
}

/** Does what {@link lockImages} does, on this engine. */
export const lockOn = async (
  runtime: Runtime,
  project: Project,
  { check = false, update = false, signal }: LockImagesOptions = {},
): Promise<LockedImages> => {
  const { createLimit } = await import('../../engine/run/limit.ts')
  const [{ spec, pulled }, info] = await Promise.all([
    neededImages(runtime, project),
    runtime.info(),
  ])
  const path = lockPath(spec.root)
  const before = await readLock(spec.root)
  // A name with a digest needs no lock.
  const names = [...pulled.keys()].filter((name) => ownPin(name) === undefined)
  const isUpdated = updateOf(update, names)
  const scene = { runtime, signal, platform: `linux/${info.architecture}` }
  const limit = createLimit(4)
  const failures: unknown[] = []
  const notes: { image: string; text: string }[] = []
  const moved: { image: string; locked: string; now: string }[] = []
  const locked = await Promise.all(
    names.map((name) =>
      limit(async (): Promise<[string, LockedImage][]> => {
        const known = lockedIn(before, name)
        if (check) return [[name, known ?? unlocked]]
        try {
          const next = await lockOne(scene, name, isUpdated(name) ? undefined : known)
          if (next.note !== undefined) notes.push({ image: name, text: next.note })
          if (next.movedTo !== undefined && known?.digest !== undefined)
            moved.push({ image: name, locked: known.digest, now: next.movedTo })
          return [[name, { ...next.image, usedBy: known?.usedBy ?? [] }]]
        } catch (error) {
          failures.push(error)
          return []
        }
      }),
    ),
  )
  throwAll(signal?.aborted === true ? failures.slice(0, 1) : failures)
  const after = merged(before ?? emptyLock, spec.name, Object.fromEntries(locked.flat()))
  const changes = changesBetween(before ?? emptyLock, after)
  const changed = before === undefined || changes.length > 0 || textOf(before) !== textOf(after)
  if (changed && !check) await writeLock(spec.root, after)
  const byImage = (a: { image: string }, b: { image: string }) => (a.image < b.image ? -1 : 1)
  return { path, changed, changes, moved: moved.sort(byImage), notes: notes.sort(byImage) }
}

// ---

/** Stands for an image that a check finds without a lock. */
const unlocked: LockedImage = { platforms: [], ids: {}, usedBy: [] }

interface Scene {
  readonly runtime: Runtime
  readonly platform: string
  readonly signal: AbortSignal | undefined
}

interface Lock {
  readonly image: Omit<LockedImage, 'usedBy'>
  readonly note?: string
  /** What its tag stands for now, if it is not what is locked. */
  readonly movedTo?: string
}

const updateOf = (
  update: boolean | readonly string[],
  names: readonly string[],
): ((name: string) => boolean) => {
  if (typeof update === 'boolean') return () => update
  const wanted = update.map(familiarName)
  const unknown = wanted.filter((name) => !names.includes(name))
  if (unknown.length > 0) throw notNeeded(unknown, names)
  return (name) => wanted.includes(name)
}

/** @param known what is locked and stays so. */
const lockOne = async (
  scene: Scene,
  name: string,
  known: LockedImage | undefined,
): Promise<Lock> => {
  const { runtime, signal } = scene
  const asked = await requireAbility(runtime, 'registryImage')(
    name,
    signal === undefined ? {} : { signal },
  ).catch((error: unknown) => {
    signal?.throwIfAborted()
    return { failure: error }
  })
  if (known?.digest !== undefined) {
    const ids = { ...known.ids, ...(await idOf(scene, name, known.digest)) }
    const isMoved = !('failure' in asked) && asked.digest !== known.digest
    return {
      image: { digest: known.digest, platforms: known.platforms, ids },
      ...(isMoved ? { movedTo: asked.digest } : {}),
    }
  }
  const present = await requireAbility(runtime, 'describeImage')(name)
  if (!('failure' in asked)) return fromRegistry(scene, name, asked, present)
  if (present === undefined) throw asked.failure
  const reason = summaryOf(asked.failure)
  const [digest] = present.digests
  if (digest === undefined)
    return {
      image: { platforms: [], ids: {} },
      note: `is used as it is on the engine, where it was built or loaded: ${reason}`,
    }
  const ids = await idOf(scene, name, digest)
  return {
    image: { digest, platforms: [], ids },
    note: `is locked to what the engine has: ${reason}`,
  }
}

const fromRegistry = async (
  scene: Scene,
  name: string,
  { digest, platforms }: RegistryImage,
  present: ImageDetails | undefined,
): Promise<Lock> => {
  const isOther = present !== undefined && present.digests.length === 0 && present.id !== digest
  const ids = await idOf(scene, name, digest)
  if (platforms.length > 0 && !platforms.includes(scene.platform))
    return {
      image: { digest, platforms, ids },
      note: `has no image for ${scene.platform}, only for ${platforms.join(', ')}`,
    }
  return {
    image: { digest, platforms, ids },
    ...(isOther && Object.keys(ids).length === 0
      ? {
          note: 'is locked to the image of its registry; the engine has one that was built or loaded',
        }
      : {}),
  }
}

/** The id of the locked image, if the engine has it and names images by their configuration. */
const idOf = async (
  { runtime, platform }: Scene,
  name: string,
  digest: string,
): Promise<Readonly<Record<string, string>>> => {
  const found = await runtime
    .image({ kind: 'local', reference: name, pin: { digest } })
    .catch((error: unknown) => {
      if (isMesocosmError(error) && error.code === 'IMAGE_NOT_FOUND') return undefined
      throw error
    })
  if (found === undefined) return {}
  const details = await requireAbility(runtime, 'describeImage')(found.reference)
  // One that was loaded is known by its name alone: it must not become what others are checked against.
  const isSure = details?.digests.includes(digest) === true && !details.digests.includes(found.id)
  return isSure ? { [platform]: found.id } : {}
}

/** Returns the lock file with the images of one topology replaced. */
const merged = (
  before: ImageLock,
  topology: string,
  needed: Readonly<Record<string, LockedImage>>,
): ImageLock => {
  const others = Object.entries(before.images).flatMap(([name, image]): [string, LockedImage][] => {
    const usedBy = image.usedBy.filter((one) => one !== topology)
    return usedBy.length === 0 && !Object.hasOwn(needed, name) ? [] : [[name, { ...image, usedBy }]]
  })
  const own = Object.entries(needed).map(([name, image]): [string, LockedImage] => [
    name,
    { ...image, usedBy: [...new Set([...image.usedBy, topology])] },
  ])
  return { images: { ...Object.fromEntries(others), ...Object.fromEntries(own) } }
}

const changesBetween = (before: ImageLock, after: ImageLock): LockChange[] => {
  const names = [...new Set([...Object.keys(before.images), ...Object.keys(after.images)])].sort()
  return names.flatMap((image): LockChange[] => {
    const from = lockedIn(before, image)
    const to = lockedIn(after, image)
    if (to === undefined) return [{ image, change: 'removed', ...digest('from', from) }]
    if (from === undefined) return [{ image, change: 'added', ...digest('to', to) }]
    if (from.digest !== to.digest)
      return [{ image, change: 'updated', ...digest('from', from), ...digest('to', to) }]
    if (!isEqual(from.ids, to.ids)) return [{ image, change: 'ids' }]
    return isEqual(from.usedBy, to.usedBy) ? [] : [{ image, change: 'users' }]
  })
}

const isEqual = (a: object, b: object): boolean =>
  JSON.stringify(Object.entries(a).sort()) === JSON.stringify(Object.entries(b).sort())

const digest = <Name extends 'from' | 'to'>(name: Name, image: LockedImage | undefined) =>
  image?.digest === undefined ? {} : { [name]: image.digest }

const notNeeded = (unknown: readonly string[], names: readonly string[]) =>
  new MesocosmError({
    code: 'ARGUMENT_INVALID',
    message: `the topology needs no image ${unknown.map((name) => `${name}${didYouMean(name, names)}`).join(', ')}`,
    remedy: `choose from ${names.join(', ') || 'none: it has no images of registries'}`,
    facts: { images: unknown },
  })

const summaryOf = (error: unknown): string =>
  isMesocosmError(error) ? error.summary : messageOf(error)
