/** A piece of a text, and whether it was searched for. */
export interface Piece {
  readonly text: string
  readonly found: boolean
}

/** Splits a text at what was searched for. */
export const highlight = (text: string, wanted: readonly (string | RegExp)[]): Piece[] => {
  if (wanted.length === 0 || text === '') return [{ text, found: false }]
  const source = wanted
    .map((each) => (typeof each === 'string' ? escaped(each) : `(?:${each.source})`))
    .join('|')
  const pieces: Piece[] = []
  let from = 0
  for (const match of text.matchAll(new RegExp(source, 'gi'))) {
    if (match[0] === '') continue
    if (match.index > from) pieces.push({ text: text.slice(from, match.index), found: false })
    pieces.push({ text: match[0], found: true })
    from = match.index + match[0].length
    if (pieces.length > 200) break
  }
  if (from < text.length) pieces.push({ text: text.slice(from), found: false })
  return pieces
}

// ---

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')
