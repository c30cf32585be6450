/** A part of a line and its style. */
export interface Span {
  readonly text: string
  readonly look?: keyof typeof codes | undefined
}

const codes = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  cyan: [36, 39],
} as const

/** Returns the spans as one line, cut to a width. Removes control characters, which may come from other programs. */
export const line = (
  spans: readonly Span[],
  { columns, color }: { readonly columns: number; readonly color: boolean },
): string => {
  let room = columns
  let text = ''
  for (const span of spans) {
    const piece = cut(clean(span.text), room)
    room -= width(piece)
    text += color ? painted(piece, span.look) : piece
  }
  return text.trimEnd()
}

/** Returns how many columns a text without control characters takes. */
export const width = (text: string): number => {
  let columns = 0
  for (const character of text) columns += widthOf(character)
  return columns
}

/** Returns the text in a style; blank text stays as it is. */
export const painted = (text: string, look: Span['look']): string => {
  if (look === undefined || text.trim() === '') return text
  const [on, off] = codes[look]
  return `\u001b[${on}m${text}\u001b[${off}m`
}

/** Returns the text without escape sequences and other control characters. */
export const clean = (text: string): string =>
  text.replace(escapes, '').replaceAll('\t', ' ').replace(controls, '')

// ---

// biome-ignore lint/suspicious/noControlCharactersInRegex: this pattern matches control characters
const escapes = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)|[@-Z\\-_])/g
// biome-ignore lint/suspicious/noControlCharactersInRegex: this pattern matches control characters
const controls = /[\u0000-\u001f\u007f-\u009f]/g

const cut = (text: string, room: number): string => {
  if (width(text) <= room) return text
  let kept = ''
  let columns = 0
  for (const character of text) {
    columns += widthOf(character)
    // One column is left for the ellipsis.
    if (columns > room - 1) break
    kept += character
  }
  return room > 0 ? `${kept}…` : ''
}

/** An estimate: most characters of later scripts are two columns wide. Too wide only cuts earlier. */
const widthOf = (character: string): number => {
  const code = character.codePointAt(0) ?? 0
  if (code < 0x1100) return 1
  return code >= 0x2000 && code < 0x2e80 ? 1 : 2
}
