/** Runs work with the same key one after the other; work with another key at the same time. */
export type InTurn = <T>(key: string, work: () => Promise<T>) => Promise<T>

/** Creates the turns of one process. */
export const createTurns = (): InTurn => {
  const last = new Map<string, Promise<unknown>>()
  return async (key, work) => {
    const before = last.get(key)
    const turn = (before ?? Promise.resolve()).catch(() => undefined).then(work)
    last.set(key, turn)
    try {
      return await turn
    } finally {
      if (last.get(key) === turn) last.delete(key)
    }
  }
}
