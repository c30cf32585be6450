/** The last bytes of an output, by which a longer one is known. */
export interface RecentOutput {
  /** Takes the next bytes of the output. */
  add(bytes: Uint8Array): void
  /**
   * Whether the output surely ends as this end of a log does, which begins with a line or within one. An end whose
   * lines repeat could as well be a later one, so it is not sure.
   */
  endsLike(log: Uint8Array): boolean
}

/** Creates the record of an output that has no byte yet. */
export const createRecentOutput = (): RecentOutput => {
  let ring = Buffer.alloc(0)
  let total = 0
  const lastBytes = (): Buffer => {
    const at = total % keptBytes
    const length = Math.min(total, keptBytes)
    return length === 0
      ? ring
      : Buffer.concat([ring.subarray(at), ring.subarray(0, at)]).subarray(-length)
  }
  return {
    add(bytes) {
      if (ring.length === 0) ring = Buffer.alloc(keptBytes)
      const skipped = Math.max(0, bytes.length - keptBytes)
      const part = bytes.subarray(skipped)
      const at = (total + skipped) % keptBytes
      const first = part.subarray(0, keptBytes - at)
      ring.set(first, at)
      ring.set(part.subarray(first.length), 0)
      total += bytes.length
    },
    endsLike(log) {
      const end = Buffer.from(log)
      if (end.length === 0) return true
      const last = lastBytes()
      const endsWith = (part: Buffer) =>
        last.length > 0 && part.subarray(-last.length).equals(last.subarray(-part.length))
      if (!endsWith(end)) return false
      for (
        let at = end.lastIndexOf(newline, -2);
        at !== -1;
        at = at === 0 ? -1 : end.lastIndexOf(newline, at - 1)
      )
        if (endsWith(end.subarray(0, at + 1))) return false
      return true
    },
  }
}

// ---

const keptBytes = 16_384
const newline = 0x0a
