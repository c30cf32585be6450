import { createByteStore } from './byte-store.ts'

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
  const store = createByteStore()
  const state = { step: parser.next(), skipped: 0, searched: 0 }

  const give = (bytes: Buffer): void => {
    state.searched = 0
    state.step = parser.next(bytes)
  }

  /** Takes one step; returns whether there were enough bytes for it. */
  const advance = (need: Need): boolean => {
    if ('skip' in need) {
      const count = Math.min(store.length, need.skip - state.skipped)
      store.drop(count)
      state.skipped += count
      if (state.skipped < need.skip) return false
      state.skipped = 0
      give(Buffer.alloc(0))
      return true
    }
    if ('take' in need) {
      if (store.length < need.take) return false
      give(store.take(need.take))
      return true
    }
    const end = store.indexOf(need.until, state.searched)
    if (end >= 0) {
      const bytes = store.take(end)
      store.drop(need.until.length)
      give(bytes)
      return true
    }
    state.searched = Math.max(0, store.length - need.until.length + 1)
    if (store.length > need.limit) state.step = parser.return()
    return false
  }

  return (chunk) => {
    const { step } = state
    if (step.done === true) return
    // Large messages that are skipped are not stored on the way.
    const unread =
      'skip' in step.value ? Math.min(chunk.length, step.value.skip - state.skipped) : 0
    state.skipped += unread
    store.append(chunk.subarray(unread))
    while (state.step.done !== true && advance(state.step.value));
    if (state.step.done === true) store.drop(store.length)
  }
}

/** Takes the first bytes of a message and skips its others. */
export function* headOf(length: number, limit: number): Generator<Need, Buffer, Buffer> {
  const head = yield { take: Math.min(length, limit) }
  if (length > limit) yield { skip: length - limit }
  return head
}
