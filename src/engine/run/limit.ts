/** Lets at most `width` tasks run at once; the others wait in line. */
export type Limit = <T>(task: () => Promise<T>) => Promise<T>

/** Creates a limit of `width` concurrent tasks. */
export const createLimit = (width: number): Limit => {
  let running = 0
  const waiting: (() => void)[] = []
  return async (task) => {
    if (running >= width) await new Promise<void>((resolve) => waiting.push(resolve))
    else running++
    try {
      return await task()
    } finally {
      // The slot passes to the next in line and is never free in between.
      const next = waiting.shift()
      if (next === undefined) running--
      else next()
    }
  }
}
