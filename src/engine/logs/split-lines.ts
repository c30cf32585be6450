import { StringDecoder } from 'node:string_decoder'

/** Longest line kept in one piece; a longer one is cut so that no program can fill the memory. */
const longest = 256 * 1024

/** A line without its line end, or a part of a longer one. */
export interface LinePiece {
  readonly text: string
  /** Whether the line goes on in the next piece. */
  readonly cut: boolean
}

/** Decides where a line that is too long is cut: not within a secret, which could not be recognised in two parts. */
export interface LineCutter {
  /** Returns the position, usually `atMost`. */
  cutBefore(text: string, atMost: number): number
  /** Characters that must be known after the cut. */
  readonly longest: number
}

/** Splits chunks of bytes into lines. */
export interface LineSplitter {
  push(bytes: Uint8Array): LinePiece[]
  /** Text of the line that has no line feed yet. */
  readonly pending: string
  /** Returns the last line if it has no line feed. */
  flush(): LinePiece[]
}

/** Creates a splitter for one stream of bytes. */
export const createLineSplitter = (cutter: LineCutter = anywhere): LineSplitter => {
  const decoder = new StringDecoder('utf8')
  let rest = ''
  /** Takes pieces off a text until what is left has at most this many characters. */
  const cut = (text: string, most: number, pieces: LinePiece[]): string => {
    let left = text
    while (left.length > most) {
      const at = cutter.cutBefore(left, longest)
      if (at >= left.length) break
      pieces.push({ text: left.slice(0, at), cut: true })
      left = left.slice(at)
    }
    return left
  }
  const end = (line: string, pieces: LinePiece[]) => {
    pieces.push({ text: cut(withoutReturn(line), longest, pieces), cut: false })
  }
  return {
    push(bytes) {
      const pieces: LinePiece[] = []
      const text = rest + decoder.write(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length))
      const lines = text.split('\n')
      rest = lines.pop() as string
      for (const line of lines) end(line, pieces)
      rest = cut(rest, longest + cutter.longest, pieces)
      return pieces
    },
    get pending() {
      return withoutReturn(rest)
    },
    flush() {
      const pieces: LinePiece[] = []
      const last = rest + decoder.end()
      rest = ''
      if (last !== '') end(last, pieces)
      return pieces
    },
  }
}

// ---

const anywhere: LineCutter = { cutBefore: (_, atMost) => atMost, longest: 0 }

const withoutReturn = (line: string) => (line.endsWith('\r') ? line.slice(0, -1) : line)
