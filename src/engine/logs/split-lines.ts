import { StringDecoder } from 'node:string_decoder'

/** Longest line kept in one piece; a longer one is cut so that no program can fill the memory. */
const longest = 256 * 1024

/** Splits chunks of bytes into whole lines, without line ends. */
export interface LineSplitter {
  push(bytes: Uint8Array): string[]
  /** Returns the last line if it has no line feed. */
  flush(): string | undefined
}

/** Creates a splitter for one stream of bytes. */
export const createLineSplitter = (): LineSplitter => {
  const decoder = new StringDecoder('utf8')
  let rest = ''
  return {
    push(bytes) {
      const pieces = (
        rest + decoder.write(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length))
      ).split('\n')
      rest = pieces.pop() as string
      while (rest.length > longest) {
        pieces.push(rest.slice(0, longest))
        rest = rest.slice(longest)
      }
      return pieces.map(withoutReturn)
    },
    flush() {
      const last = rest + decoder.end()
      rest = ''
      return last === '' ? undefined : withoutReturn(last)
    },
  }
}

const withoutReturn = (line: string) => (line.endsWith('\r') ? line.slice(0, -1) : line)
