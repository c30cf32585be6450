/** Path and query of a request, not decoded. */
export interface Target {
  /** Starts with a slash; without the one at its end. */
  readonly path: string
  readonly query: URLSearchParams
}

/**
 * Parses the target of a request line (RFC 9112, 3.2): a path, or a whole URL as clients of proxies send it. Never throws,
 * unlike `URL`, for which `//` starts a host name.
 */
export const readTarget = (text: string): Target => {
  const local = text.replace(/^https?:\/\/[^/?]*/i, '')
  const at = local.indexOf('?')
  const path = at === -1 ? local : local.slice(0, at)
  return {
    path: path.length > 1 ? path.replace(/\/$/, '') : path,
    query: new URLSearchParams(at === -1 ? '' : local.slice(at + 1)),
  }
}
