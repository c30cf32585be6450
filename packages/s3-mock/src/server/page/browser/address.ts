/** What the page shows. */
export interface Place {
  /** Access key; `''` for the first one. */
  readonly account: string
  readonly bucket: string
  /** Keys that start with it are listed. */
  readonly prefix: string
  /** Object that is shown; `''` if none. */
  readonly key: string
}

const names = ['account', 'bucket', 'prefix', 'key'] as const

/** Returns a place as the part of an address after the `#`. */
export const hashOf = (place: Partial<Place>): string => {
  const parameters = new URLSearchParams()
  for (const name of names) if (place[name]) parameters.set(name, place[name])
  return `#${parameters}`
}

/** Reads a place from an address. */
export const placeFrom = (hash: string): Place => {
  const parameters = new URLSearchParams(hash.slice(1))
  const read = (name: string) => parameters.get(name) ?? ''
  return {
    account: read('account'),
    bucket: read('bucket'),
    prefix: read('prefix'),
    key: read('key'),
  }
}
