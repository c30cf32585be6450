/** What a parser needs next: a number of bytes, the same without keeping them, or all before a mark. */
export type Need =
  | { readonly take: number }
  | { readonly skip: number }
  | { readonly until: string; readonly limit: number }

/** A parser of a stream: yields what it needs, and gets those bytes. When it returns, the rest is ignored. */
export type Parser = Generator<Need, void, Buffer>

/**
 * Runs a parser over the chunks of a stream, however they are split. Keeps only what the parser needs next.
 * A mark that does not come within its limit ends the parser.
 */
export const createByteReader = (parse: () => Parser): ((chunk: Uint8Array) => void) => {
  const parser = parse()
  const state: { step: IteratorResult<Need, void>; kept: Buffer; skipped: number; searched: number } = {
    step: parser.next(),
    kept: Buffer.alloc(0),
    skipped: 0,
    searched: 0,
  }

  const give = (bytes: Buffer): void => {
    state.step = parser.next(bytes)
  }

  /** Returns what is left of the bytes after one step; `undefined` if they are too few for it. */
  const advance = (bytes: Buffer, need: Need): Buffer | undefined => {
    if ('skip' in need) {
      const count = Math.min(bytes.length, need.skip - state.skipped)
      state.skipped += count
      if (state.skipped < need.skip) return undefined
      state.skipped = 0
      give(empty)
      return bytes.subarray(count)
    }
    const end = 'take' in need ? need.take : bytes.indexOf(need.until, state.searched, 'latin1')
    if (end < 0 || end > bytes.length) {
      if ('until' in need && bytes.length > need.limit) state.step = parser.return()
      state.kept = bytes
      if ('until' in need) state.searched = Math.max(0, bytes.length - need.until.length + 1)
      return undefined
    }
    state.searched = 0
    give(bytes.subarray(0, end))
    return bytes.subarray(end + ('until' in need ? need.until.length : 0))
  }

  return (chunk) => {
    const arrived = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)
    let rest: Buffer | undefined =
      state.kept.length === 0 ? arrived : Buffer.concat([state.kept, arrived])
    state.kept = empty
    while (rest !== undefined && state.step.done !== true) rest = advance(rest, state.step.value)
    if (state.step.done === true) state.kept = empty
    // The chunk is its owner's, who may write over it.
    else if (state.kept.length > 0) state.kept = Buffer.from(state.kept)
  }
}

/** Takes the first bytes of a message and skips its others. */
export function* headOf(length: number, limit: number): Generator<Need, Buffer, Buffer> {
  const head = yield { take: Math.min(length, limit) }
  if (length > limit) yield { skip: length - limit }
  return head
}

// ---

const empty = Buffer.alloc(0)
