/** One piece of work that several callers wait for. */
interface Shared<T> {
  readonly result: Promise<T>
  readonly listeners: Set<(line: string) => void>
  readonly stop: AbortController
  waiting: number
}

export interface WorkOptions {
  readonly onProgress?: (line: string) => void
  readonly signal?: AbortSignal
}

/**
 * Runs work for the same key once for all who ask while it runs: each hears the progress, each may give
 * up for itself, and the work is stopped when the last one has. Nothing is remembered afterwards.
 */
export const createSharedWork = <T>() => {
  const running = new Map<string, Shared<T>>()

  const begin = (key: string, work: (options: Required<WorkOptions>) => Promise<T>): Shared<T> => {
    const listeners = new Set<(line: string) => void>()
    const stop = new AbortController()
    const onProgress = (line: string) => {
      for (const listener of listeners) listener(line)
    }
    const result = work({ onProgress, signal: stop.signal }).finally(() => {
      if (running.get(key) === shared) running.delete(key)
    })
    const shared: Shared<T> = { result, listeners, stop, waiting: 0 }
    running.set(key, shared)
    return shared
  }

  return async (
    key: string,
    { onProgress, signal }: WorkOptions,
    work: (options: Required<WorkOptions>) => Promise<T>,
  ): Promise<T> => {
    signal?.throwIfAborted()
    const shared = running.get(key) ?? begin(key, work)
    shared.waiting += 1
    // Wrapped, so that a listener that two callers share hears each line for both.
    const listener = (line: string) => onProgress?.(line)
    shared.listeners.add(listener)
    try {
      return await orAborted(shared.result, signal)
    } finally {
      shared.listeners.delete(listener)
      shared.waiting -= 1
      if (shared.waiting === 0) {
        // Gone from the map first: who asks now begins anew instead of joining what is being stopped.
        if (running.get(key) === shared) running.delete(key)
        shared.stop.abort()
        // Nobody is left to be told how the stopped work failed.
        shared.result.catch(() => undefined)
      }
    }
  }
}

const orAborted = <T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> =>
  new Promise((resolve, reject) => {
    const onAbort = () => reject(signal?.reason)
    signal?.addEventListener('abort', onAbort)
    work.then(resolve, reject).finally(() => signal?.removeEventListener('abort', onAbort))
  })
