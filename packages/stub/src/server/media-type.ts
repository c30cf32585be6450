import type { Media } from '../model.ts'

/** Returns whether bodies of a type are JSON. */
export const isJson = (type: string): boolean => /^[^;]*[/+]json\b/i.test(type)

/** Returns the entry for a content type: the exact one, else the narrowest range. */
export const findMedia = (
  content: Readonly<Record<string, Media>>,
  type: string,
): { readonly type: string; readonly media: Media } | undefined => {
  const wanted = bare(type)
  const found = Object.entries(content)
    .filter(([key]) => fits(bare(key), wanted))
    .toSorted(([a], [b]) => stars(a) - stars(b))[0]
  return found && { type: found[0], media: found[1] }
}

/** Returns the entry that a client prefers by its `Accept`, by default the first JSON or the first. */
export const acceptedMedia = (
  content: Readonly<Record<string, Media>>,
  accept: string | undefined,
): { readonly type: string; readonly media: Media } | undefined => {
  const entries = Object.entries(content).map(([type, media]) => ({ type, media }))
  const first = entries.find(({ type }) => isJson(type)) ?? entries[0]
  for (const range of ranges(accept)) {
    if (range === '*/*') return first
    const found = entries.find(({ type }) => fits(range, bare(type)) || fits(bare(type), range))
    if (found !== undefined) return found
  }
  return accept === undefined || accept.trim() === '' ? first : undefined
}

// ---

const bare = (type: string): string => (type.split(';', 1)[0] ?? '').trim().toLowerCase()

const stars = (type: string): number => type.split('*').length

const fits = (range: string, type: string): boolean => {
  if (range === '*/*' || range === '*') return true
  return range.endsWith('/*') ? type.startsWith(range.slice(0, -1)) : range === type
}

/** Ranges of an `Accept`, preferred ones first. */
const ranges = (accept = ''): readonly string[] =>
  accept
    .split(',')
    .map((part) => ({ range: bare(part), q: Number(/;\s*q=([\d.]+)/i.exec(part)?.[1] ?? 1) }))
    .filter(({ range, q }) => range !== '' && q > 0)
    .toSorted((a, b) => b.q - a.q)
    .map(({ range }) => range)
