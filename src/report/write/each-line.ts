import { closeSync, openSync, readSync } from 'node:fs'

/** Takes a line: it is in `bytes` from `start` to `end`, and begins at `offset` of the file. `false` ends the reading. */
export type TakeLine = (bytes: Buffer, start: number, end: number, offset: number) => unknown

/** Reads the whole lines of a file; what follows the last line feed is still being written. */
export const eachLine = (path: string, take: TakeLine): void => {
  const file = openSync(path, 'r')
  try {
    let block = Buffer.allocUnsafe(blockBytes)
    /** Bytes at the start of the block that are from the one before. */
    let kept = 0
    let position = 0
    for (;;) {
      if (kept === block.length) block = Buffer.concat([block], block.length * 2)
      const count = readSync(file, block, kept, block.length - kept, position)
      if (count === 0) return
      const filled = kept + count
      const offset = position - kept
      position += count
      let start = 0
      for (let end = feedIn(block, kept, filled); end !== -1; end = feedIn(block, start, filled)) {
        if (take(block, start, end, offset + start) === false) return
        start = end + 1
      }
      block.copyWithin(0, start, filled)
      kept = filled - start
    }
  } finally {
    closeSync(file)
  }
}

// ---

const lineFeed = 0x0a
const blockBytes = 1024 * 1024

const feedIn = (block: Buffer, from: number, filled: number): number => {
  const at = block.indexOf(lineFeed, from)
  return at < filled ? at : -1
}
