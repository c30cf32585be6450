/**
 * Lets at most `width` tasks run at once; the others wait in line.
 *
 * @param rank of those that wait, the lowest begins first, and of equal ones the earliest; default 0.
 */
export type Limit = <T>(task: () => Promise<T>, rank?: number) => Promise<T>

/** Creates a limit of `width` concurrent tasks. */
export const createLimit = (width: number): Limit => {
  let running = 0
  const waiting: { readonly rank: number; readonly go: () => void }[] = []
  const turn = (rank: number): Promise<void> =>
    new Promise((go) => {
      const before = waiting.findIndex((other) => other.rank > rank)
      waiting.splice(before === -1 ? waiting.length : before, 0, { rank, go })
    })
  return async (task, rank = 0) => {
    if (running >= width) await turn(rank)
    else running++
    try {
      return await task()
    } finally {
      // The slot passes to the next in line and is never free in between.
      const next = waiting.shift()
      if (next === undefined) running--
      else next.go()
    }
  }
}

/** A limit for work that nothing waits for, until it is hurried. */
export interface SpareLimit {
  readonly limit: Limit
  /** Something waits for the work now: from here on it is like any other. */
  hurry(): void
}

/** Creates a limit whose tasks run one at a time, and each only when no other task of `limit` waits. */
export const createSpareLimit = (limit: Limit): SpareLimit => {
  const one = createLimit(1)
  const hurried = Promise.withResolvers<void>()
  let isHurried = false
  /** Resolves when the task may join the line; the result frees the place. */
  const place = async (): Promise<() => void> => {
    const end = Promise.withResolvers<void>()
    const mine = new Promise<void>((begin) => {
      void one(() => {
        begin()
        return end.promise
      })
    })
    await Promise.race([mine, hurried.promise])
    return end.resolve
  }
  return {
    limit: async (task, rank) => {
      if (isHurried) return limit(task, rank)
      const leave = await place()
      try {
        return await limit(task, isHurried ? rank : Number.POSITIVE_INFINITY)
      } finally {
        leave()
      }
    },
    hurry() {
      isHurried = true
      hurried.resolve()
    },
  }
}
