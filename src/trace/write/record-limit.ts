/** How many bytes of log lines and long output the record of a run takes. */
export interface RecordLimit {
  /** The limit, in bytes. */
  readonly bytes: number
  /** Returns whether there is space for as many bytes, and takes it then. Once there was none, there is none. */
  take(bytes: number, what: 'logs' | 'output'): boolean
}

/**
 * Creates the limit of a run.
 *
 * @param onReached called once for each of both, when it does not fit.
 */
export const createRecordLimit = (
  bytes: number,
  onReached: (what: 'logs' | 'output') => void,
): RecordLimit => {
  let left = bytes
  const reached = new Set<string>()
  return {
    bytes,
    take(count, what) {
      if (!reached.has(what) && count <= left) {
        left -= count
        return true
      }
      if (!reached.has(what)) {
        reached.add(what)
        onReached(what)
      }
      return false
    },
  }
}
