/** Values that arrive before or after someone waits for them. */
export interface Queue<T> {
  push(value: T): void
  /** Returns the first value that was not returned yet; waits for it. Rejects when the queue was ended. */
  next(): Promise<T>
  /** Rejects all who wait, now and later. */
  end(error: Error): void
}

export const createQueue = <T>(): Queue<T> => {
  const values: T[] = []
  const waiting: PromiseWithResolvers<T>[] = []
  const state: { ended?: Error } = {}
  return {
    push(value) {
      const first = waiting.shift()
      if (first === undefined) values.push(value)
      else first.resolve(value)
    },
    next() {
      const value = values.shift()
      if (value !== undefined) return Promise.resolve(value)
      if (state.ended !== undefined) return Promise.reject(state.ended)
      const next = Promise.withResolvers<T>()
      waiting.push(next)
      // A caller may wait for something else first, which fails for the same reason.
      next.promise.catch(() => undefined)
      return next.promise
    },
    end(error) {
      state.ended ??= error
      for (const next of waiting.splice(0)) next.reject(error)
    },
  }
}
