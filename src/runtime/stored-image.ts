import type { ImageInfo } from './image-request.ts'

/** An image on the engine, as listed. */
export interface StoredImage {
  /** Name with its tag. */
  readonly reference: string
  /** Creation time, milliseconds since 1970. */
  readonly madeMs: number
  /** Size, including layers shared with other images. */
  readonly bytes: number
  /** Whether a container, running or not, was created from it. */
  readonly used: boolean
}

/** Facts about an image on the engine. */
export interface ImageDetails {
  /** Content digest, as in {@link ImageInfo}. */
  readonly id: string
  /** Digests that it was pulled by from the repository of this name; none for an image that was built or loaded. */
  readonly digests: readonly string[]
  /** Size, including layers shared with other images. */
  readonly bytes: number
  /** Such as `linux/amd64`. */
  readonly platform: string
}

/** What the name of an image stands for in its registry. */
export interface RegistryImage {
  /** `sha256:…`, of the index if the image has several platforms. */
  readonly digest: string
  /** Such as `linux/amd64`. */
  readonly platforms: readonly string[]
}

/** An image to put into an archive. */
export interface SavedImage {
  /** Name of an image that exists. */
  readonly reference: string
  /** Name and digest of its pin: the loaded image is found by them. Default none: it is found by its name. */
  readonly locked?: { readonly image: string; readonly digest: string }
}

/** A container to save as an image. */
export interface CommitRequest {
  /** Id of the container; a running one should be paused. */
  readonly container: string
  /** Name of the image, with its tag. */
  readonly reference: string
  /** Labels of the image. */
  readonly labels: Readonly<Record<string, string>>
}
