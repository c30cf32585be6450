import { RequestError } from './errors.ts'

/** Path and query of a request, decoded. */
export interface Target {
  /** Segments of the path, each decoded. */
  readonly segments: readonly string[]
  /** The last value of each parameter. */
  readonly query: Readonly<Record<string, string>>
}

/** Parses the target of a request line (RFC 9112, 3.2): a path, or a whole URL. Throws `REQUEST_INVALID`. */
export const readTarget = (target: string): Target => {
  const local = target.replace(/^https?:\/\/[^/?#]*/i, '')
  const [path = '', search = ''] = split(local)
  // No prototype: `__proto__` is a name like any other here.
  const query: Record<string, string> = Object.create(null)
  for (const [name, value] of new URLSearchParams(search)) query[name] = value
  return { segments: path.split('/').slice(1).map(decoded), query }
}

// ---

const split = (local: string): [string, string] => {
  const at = local.indexOf('?')
  return at === -1 ? [local, ''] : [local.slice(0, at), local.slice(at + 1)]
}

const decoded = (segment: string): string => {
  try {
    return decodeURIComponent(segment)
  } catch {
    throw new RequestError(400, {
      code: 'REQUEST_INVALID',
      message: 'the path of the request is not percent-encoded UTF-8',
      remedy: 'encode the parts of the path',
    })
  }
}
