/** An image by name. */
export interface ImageReference {
  /** Registry and path, such as `docker.io/library/postgres`. */
  readonly name: string
  /** Tag or digest, such as `16` or `sha256:…`. */
  readonly version: string
  /** Whether `version` is a digest. */
  readonly isDigest: boolean
}

const part = '[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*'
const domain = '(?:[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?)(?::\\d{1,5})?'
const named = new RegExp(
  `^(?:(${domain})/)?(${part}(?:/${part})*)(?::(\\w[\\w.-]{0,127}))?(?:@(sha256:[0-9a-f]{64}))?$`,
)

/**
 * Reads a reference as the engine does: `docker.io/library` and `latest` are defaults, a digest wins over a tag.
 * The id of an image is not a reference, with or without `sha256:`.
 *
 * @returns `undefined` if it is malformed.
 */
export const readImageReference = (text: string): ImageReference | undefined => {
  if (text.length > 512 || /^(?:sha256:)?[0-9a-f]{64}$/.test(text)) return undefined
  const [, first, rest, tag, digest] = named.exec(text) ?? []
  if (rest === undefined) return undefined
  // Only a first part with a dot, a port or an upper-case letter is a registry; `acme/app` is on Docker Hub.
  const isDomain = first !== undefined && (/[.:A-Z]/.test(first) || first === 'localhost')
  const path = first === undefined || isDomain ? rest : `${first}/${rest}`
  if (!new RegExp(`^${part}(?:/${part})*$`).test(path)) return undefined
  return {
    name: nameOf(isDomain ? (first as string) : 'docker.io', path),
    version: digest ?? tag ?? 'latest',
    isDigest: digest !== undefined,
  }
}

/** Writes a reference in full: the engine cannot take it for the id of an image. */
export const writeImageReference = ({ name, version, isDigest }: ImageReference): string =>
  `${name}${isDigest ? '@' : ':'}${version}`

// ---

const nameOf = (registry: string, path: string): string => {
  const host = registry === 'index.docker.io' ? 'docker.io' : registry
  return `${host}/${host === 'docker.io' && !path.includes('/') ? 'library/' : ''}${path}`
}
