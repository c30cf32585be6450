import type { ImagePin } from '../model/image-name.ts'
import type { BuildSpec } from '../model/service-spec.ts'
import type { Runtime } from './runtime.ts'

/** An image to pull, find or build. */
export type ImageRequest =
  | {
      /** Pulled unless it exists, for another platform as well: names of images are not enough then. */
      readonly kind: 'pull'
      /** Name with tag or digest, such as `postgres:17`. */
      readonly reference: string
      /** Content that the name stands for, whatever it names now; default what the engine or else the registry has. */
      readonly pin?: ImagePin
      /** Such as `linux/arm64`; default that of an image with this name, else that of the engine. */
      readonly platform?: string
    }
  | {
      /** Never pulled: `IMAGE_NOT_FOUND` when it is missing. */
      readonly kind: 'local'
      /** Name with tag or digest. */
      readonly reference: string
      /** As for a pull. */
      readonly pin?: ImagePin
      /** As for `pull`. */
      readonly platform?: string
    }
  | {
      /**
       * Built once per content, whatever its names: the tag holds a hash of folder, Dockerfile, target, arguments,
       * platform, ids of secrets, the builder and the ids of the base images, which are pulled before. BuildKit builds
       * where the engine has it; what only BuildKit can do is `BUILD_FAILED` elsewhere. Folders named `.mesocosm` are
       * left out.
       */
      readonly kind: 'build'
      /** Part of the tag, for people: topology and service. */
      readonly name: string
      /** Folder, Dockerfile, target and arguments. */
      readonly build: BuildSpec
      /** Never built: `IMAGE_NOT_FOUND` when this content was not built yet. Default false. */
      readonly existingOnly?: boolean
      /** Pins of its base images, by {@link familiarName}; default none. */
      readonly pins?: Readonly<Record<string, ImagePin>>
      /** Folder that may keep hashes of files between runs, so that unchanged ones are not read again; default none. */
      readonly cacheFolder?: string
    }

/** Options of {@link Runtime.image}. */
export interface ImageOptions {
  /** Called with one line of progress at a time: a layer's state, a build step's output. */
  readonly onProgress?: (line: string) => void
  /** Aborts the pull or build, unless another caller waits for the same image. */
  readonly signal?: AbortSignal
}

/** What is in an image. */
export interface ImageInfo {
  /** Content digest; goes into config hashes. */
  readonly id: string
  /** Name to create containers from. */
  readonly reference: string
  /** Environment that the image sets. */
  readonly env: Readonly<Record<string, string>>
  /** Program of the image (ENTRYPOINT); absent if it has none. */
  readonly entrypoint?: readonly string[]
  /** Arguments of the image (CMD); absent if it has none. */
  readonly command?: readonly string[]
  /** Working folder of its programs; absent if the image sets none, which is `/`. */
  readonly workdir?: string
  /** Whether the image has a health check. */
  readonly hasHealthcheck: boolean
  /** Exposed TCP ports, ascending. */
  readonly exposedPorts: readonly number[]
  /** Such as `linux/arm64/v8`; absent when the engine does not tell it. */
  readonly platform?: string
}
