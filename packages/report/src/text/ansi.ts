/** A piece of text and how a terminal would show it. */
export interface Styled {
  readonly text: string
  readonly bold?: boolean
  readonly dim?: boolean
  readonly italic?: boolean
  readonly underline?: boolean
  readonly inverse?: boolean
  /** 0 to 15 of the palette, or `#rrggbb`. */
  readonly colour?: number | string
  readonly ground?: number | string
}

/** Returns the text in pieces of one style each. Other control sequences are left out. */
export const parseAnsi = (text: string): Styled[] => {
  if (!text.includes('\u001b')) return text === '' ? [] : [{ text: withoutControls(text) }]
  const pieces: Styled[] = []
  let style: Omit<Styled, 'text'> = {}
  let from = 0
  const put = (to: number) => {
    const piece = withoutControls(text.slice(from, to))
    if (piece !== '') pieces.push({ text: piece, ...style })
  }
  for (const { 0: all, 1: codes, index } of text.matchAll(sequence)) {
    put(index)
    from = index + all.length
    if (codes !== undefined) style = styled(style, codes)
  }
  put(text.length)
  return pieces
}

/** Returns the text as a terminal would show it, without colours. */
export const plain = (text: string): string =>
  parseAnsi(text)
    .map((piece) => piece.text)
    .join('')

// ---

/** `ESC [ … m`; any other sequence that begins with ESC has no codes. */
const sequence =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the sequences of terminals begin with one
  /\u001b(?:\[([\d;:]*)m|\[[\d;:?<=>]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[@-Z\\^_]?)/g

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is left out; tabs stay
const controls = /[\u0000-\u0008\u000a-\u001f\u007f]/g

const withoutControls = (text: string): string => text.replace(controls, '')

type Style = Omit<Styled, 'text'>

const styled = (before: Style, codes: string): Style => {
  const style: { -readonly [Key in keyof Style]: Style[Key] } = { ...before }
  const list = codes.split(/[;:]/).map(Number)
  for (let at = 0; at < list.length; at++) {
    const code = list[at] ?? 0
    if (code === 0) for (const key of Object.keys(style)) delete style[key as keyof Style]
    else if (code === 1) style.bold = true
    else if (code === 2) style.dim = true
    else if (code === 3) style.italic = true
    else if (code === 4) style.underline = true
    else if (code === 7) style.inverse = true
    else if (code === 22) {
      delete style.bold
      delete style.dim
    } else if (code === 23) delete style.italic
    else if (code === 24) delete style.underline
    else if (code === 27) delete style.inverse
    else if (code === 39) delete style.colour
    else if (code === 49) delete style.ground
    else if (code === 38 || code === 48) {
      const [colour, used] = extended(list.slice(at + 1))
      at += used
      if (colour !== undefined) style[code === 38 ? 'colour' : 'ground'] = colour
    } else if (code >= 30 && code <= 37) style.colour = code - 30
    else if (code >= 40 && code <= 47) style.ground = code - 40
    else if (code >= 90 && code <= 97) style.colour = code - 82
    else if (code >= 100 && code <= 107) style.ground = code - 92
  }
  return style
}

/** `5;n` of 256 colours, or `2;r;g;b`; and how many codes that took. */
const extended = ([mode, a = 0, b = 0, c = 0]: readonly number[]): [
  colour: number | string | undefined,
  used: number,
] => {
  if (mode === 5) return [ofPalette(a), 2]
  if (mode === 2) return [hex(a, b, c), 4]
  return [undefined, 0]
}

const ofPalette = (number: number): number | string => {
  if (number < 16) return number
  if (number >= 232) return hex(...repeat(8 + (number - 232) * 10))
  const cube = number - 16
  const part = (value: number) => (value === 0 ? 0 : 55 + value * 40)
  return hex(part(Math.floor(cube / 36)), part(Math.floor(cube / 6) % 6), part(cube % 6))
}

const repeat = (value: number): [number, number, number] => [value, value, value]

const hex = (...parts: readonly number[]): string =>
  `#${parts.map((part) => Math.min(255, part).toString(16).padStart(2, '0')).join('')}`
