/** Which content a name of an image stands for. */
export interface ImagePin {
  /** Digest in the registry, of the index if the image has several platforms: `sha256:…`. */
  readonly digest: string
  /**
   * Id of the image on engines that name images by their configuration. An archive keeps it, and loses the digest.
   * Default: any image that was loaded for this digest is taken.
   */
  readonly id?: string
}

/**
 * Returns an image's name as people write it: without `docker.io/` and `library/`, with its tag (default `latest`).
 * Equal names are names of the same image.
 */
export const familiarName = (reference: string): string => {
  const { repository, tag, digest } = partsOf(reference)
  if (digest !== undefined) return `${repository}${tag === undefined ? '' : `:${tag}`}@${digest}`
  return `${repository}:${tag ?? 'latest'}`
}

/** Returns the pin of a name that has a digest. */
export const ownPin = (reference: string): ImagePin | undefined => {
  const { digest } = partsOf(reference)
  return digest === undefined ? undefined : { digest }
}

/** Returns the name with this digest; its tag stays, for people. */
export const withDigest = (reference: string, digest: string): string =>
  `${reference.split('@')[0]}@${digest}`

// ---

const partsOf = (reference: string) => {
  const [name = '', digest] = reference.split('@')
  const colon = name.lastIndexOf(':')
  const isTagged = colon > name.lastIndexOf('/')
  const repository = (isTagged ? name.slice(0, colon) : name)
    .replace(/^(?:index\.)?docker\.io\//, '')
    .replace(/^library\/(?=[^/]+$)/, '')
  return { repository, tag: isTagged ? name.slice(colon + 1) : undefined, digest }
}
