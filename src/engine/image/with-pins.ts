import { type ImageLock, pinOf } from '../../lock/image-lock.ts'
import { readLock } from '../../lock/lock-file.ts'
import type { ImagePin } from '../../model/image-name.ts'
import type { EngineInfo } from '../../runtime/engine-info.ts'
import type { ImageRequest } from '../../runtime/image-request.ts'

/** Adds to requests what the lock file says about their images. */
export type WithPins = <Request extends ImageRequest>(request: Request) => Request

/**
 * Reads the lock file for topologies in a folder and returns what adds its pins to requests.
 *
 * @throws {MesocosmError} `IMAGE_LOCK_INVALID`
 */
export const readPins = async (
  root: string,
  info: Pick<EngineInfo, 'architecture'>,
): Promise<WithPins> => {
  const lock = await readLock(root)
  const platform = lock === undefined ? '' : `linux/${info.architecture}`
  return (request) => {
    if (request.kind === 'build')
      return lock === undefined ? request : { ...request, pins: allPins(lock, platform) }
    const pin = pinOf(lock, request.reference, platform)
    return pin === undefined ? request : { ...request, pin }
  }
}

// ---

const allPins = (lock: ImageLock, platform: string): Readonly<Record<string, ImagePin>> =>
  Object.fromEntries(
    Object.keys(lock.images).flatMap((name): [string, ImagePin][] => {
      const pin = pinOf(lock, name, platform)
      return pin === undefined ? [] : [[name, pin]]
    }),
  )
