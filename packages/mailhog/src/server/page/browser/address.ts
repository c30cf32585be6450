/** What the page shows: a mail or none, of a search or of all. */
export interface Place {
  readonly id: string
  readonly query: string
}

/** Returns the address of a place. The paths are Mailpit's, so that links to its page work. */
export const addressOf = ({ id, query }: Place): string => {
  const path = id === '' ? '/' : `/view/${encodeURIComponent(id)}`
  return query === '' ? path : `${path}?${new URLSearchParams({ q: query })}`
}

/** Reads a place from an address. */
export const placeFrom = ({ pathname, search }: { pathname: string; search: string }): Place => ({
  id: /^\/view\/([^/]+)$/.exec(pathname)?.[1] ?? '',
  query: new URLSearchParams(search).get('q') ?? '',
})
