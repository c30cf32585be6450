/**
 * Returns the headers of a response to a page, or `undefined` if its request must be refused. As with Mailpit, pages of
 * other hosts may not use the API.
 */
export const originHeaders = (
  origin: string | undefined,
  host: string | undefined,
): Readonly<Record<string, string>> | undefined => {
  if (origin === undefined) return {}
  if (hostOf(origin) === undefined || hostOf(origin) !== hostOf(`http://${host}`)) return undefined
  return {
    'access-control-allow-origin': origin,
    'access-control-allow-methods': 'GET, POST, DELETE, PUT, OPTIONS',
    'access-control-allow-headers': '*',
    vary: 'Origin',
  }
}

// ---

/** Returns host and port of a URL, without the usual port. */
const hostOf = (url: string): string | undefined =>
  URL.canParse(url) ? new URL(url).host || undefined : undefined
