/** Bytes of a stream that were not read yet. */
export interface ByteStore {
  /** How many there are. */
  readonly length: number
  /** Adds a copy of a chunk. */
  append(chunk: Uint8Array): void
  /** Returns where a mark is from an offset on; -1 if nowhere. */
  indexOf(mark: string, from: number): number
  /** Removes the first bytes and returns a copy. */
  take(count: number): Buffer
  /** Removes the first bytes. */
  drop(count: number): void
}

/** Creates a store whose cost for each byte does not depend on how the stream is split. */
export const createByteStore = (): ByteStore => {
  const state = { bytes: Buffer.alloc(0), start: 0, end: 0 }

  const makeRoom = (count: number): void => {
    if (state.end + count <= state.bytes.length) return
    const length = state.end - state.start
    const fits = length + count <= state.bytes.length / 2
    const target = fits ? state.bytes : Buffer.alloc(Math.max(1_024, 2 * (length + count)))
    state.bytes.copy(target, 0, state.start, state.end)
    Object.assign(state, { bytes: target, start: 0, end: length })
  }

  return {
    get length() {
      return state.end - state.start
    },
    append(chunk) {
      makeRoom(chunk.length)
      state.bytes.set(chunk, state.end)
      state.end += chunk.length
    },
    indexOf(mark, from) {
      return state.bytes.subarray(state.start, state.end).indexOf(mark, from, 'latin1')
    },
    take(count) {
      const bytes = Buffer.from(state.bytes.subarray(state.start, state.start + count))
      this.drop(count)
      return bytes
    },
    drop(count) {
      state.start += count
      if (state.start < state.end) return
      // An idle connection keeps no large buffer.
      if (state.bytes.length > 65_536) state.bytes = Buffer.alloc(0)
      Object.assign(state, { start: 0, end: 0 })
    },
  }
}
