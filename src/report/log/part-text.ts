import type { LogPart } from '../format/log-part.ts'

/** The text of a part as one string, with where its rows begin. */
export interface SearchText {
  readonly text: string
  /** As `LogPart.start`, for the string. */
  readonly start: Uint32Array
}

/** A part, and its text as searches need it, each form decoded once. */
export class PartText {
  readonly part: LogPart
  #exact: SearchText | undefined
  #folded: SearchText | undefined

  constructor(part: LogPart) {
    this.part = part
  }

  /** The text as it is. */
  get exact(): SearchText {
    if (this.#exact === undefined) {
      const { start, text: bytes } = this.part
      const text = decode(bytes)
      // Only other characters than ASCII have several bytes, and fewer units than bytes.
      const isAscii = text.length === bytes.length
      this.#exact = { text, start: isAscii ? start : startsIn(text, start.length) }
    }
    return this.#exact
  }

  /** The text as {@link fold} makes it. */
  get folded(): SearchText {
    this.#folded ??= { text: foldBytes(this.part.text), start: this.part.start }
    return this.#folded
  }

  /** Makes the text that most searches need. */
  prepare(): void {
    void this.folded
  }

  /** A row as it is. */
  row(row: number): string {
    const { start, text } = this.part
    return decode(text.subarray(start[row], (start[row + 1] as number) - 1))
  }
}

/**
 * Returns the UTF-8 of a text, a unit per byte, such that texts which differ in the case of their letters are equal:
 * exact for ASCII, and too equal for other characters, which become control characters by a part of their bits. So
 * strings stay short, and each place of a byte is the place of a unit.
 */
export const fold = (text: string): string => foldBytes(new TextEncoder().encode(text))

// ---

const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

const decode = (bytes: Uint8Array): string => decoder.decode(bytes)

const folds = Uint8Array.from({ length: 256 }, (_, byte) => {
  if (byte >= 0x41 && byte <= 0x5a) return byte + 0x20
  if (byte < 0x80) return byte
  // The cases of a letter differ in the lead byte, and in the highest bits or the lowest one of the next.
  if (byte < 0xc0) return 0x10 + ((byte & 0x0e) >> 1)
  return byte < 0xe0 ? 1 : byte < 0xf0 ? 2 : 3
})

const foldBytes = (bytes: Uint8Array): string => {
  const folded = new Uint8Array(bytes.length)
  for (let at = 0; at < bytes.length; at++) folded[at] = folds[bytes[at] as number] as number
  return decode(folded)
}

const startsIn = (text: string, count: number): Uint32Array => {
  const start = new Uint32Array(count)
  for (let row = 1; row < count; row++) start[row] = text.indexOf('\n', start[row - 1]) + 1
  return start
}
