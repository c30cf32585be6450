import { familiarName } from '../../model/image-name.ts'

/** Parts of an image's name. */
export interface ImageReference {
  /** Registry host such as `ghcr.io` or `localhost:5000`; `undefined` for Docker Hub. */
  readonly registry: string | undefined
  /** Everything before tag and digest, registry included. */
  readonly repository: string
  /** Tag or digest; default `latest`. */
  readonly tag: string
}

/** Parses an image's name: `registry:5000/a/b:tag`, `a@sha256:…`, `a:tag@sha256:…` (the digest wins). */
export const parseImageReference = (reference: string): ImageReference => {
  const [name = '', digest] = reference.split('@')
  const colon = name.lastIndexOf(':')
  const tagged = colon > name.lastIndexOf('/')
  const repository = tagged ? name.slice(0, colon) : name
  const first = repository.split('/')[0] ?? ''
  const named = repository.includes('/') && (/[.:]/.test(first) || first === 'localhost')
  return {
    registry: named && !hub.test(first) ? first : undefined,
    repository,
    tag: digest ?? (tagged ? name.slice(colon + 1) : 'latest'),
  }
}

/**
 * Returns the short name of an image that was made here, as Docker lists it. Podman lists full names:
 * `docker.io/mesocosm/shop:1`, or `localhost/mesocosm/shop:1` if it was loaded by a name without registry.
 */
export const shortReference = (listed: string): string =>
  familiarName(listed.replace(/^localhost\//, ''))

/** Host names of Docker Hub, whose credentials and errors are those of a name without host. */
const hub = /^(?:index\.)?docker\.io$/
