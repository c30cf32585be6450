/** Work that several callers wait for. */
interface Shared<T> {
  readonly result: Promise<T>
  readonly listeners: Set<(line: string) => void>
  readonly stop: AbortController
  waiting: number
}

/** Options of one caller. */
export interface WorkOptions {
  /** Called with each line of progress. */
  readonly onProgress?: (line: string) => void
  /** Stops waiting; the work stops with its last caller. */
  readonly signal?: AbortSignal
}

/**
 * Returns a function that runs work once for concurrent callers with the same key. Each caller gets the progress and
 * can abort on its own; the work is aborted with the last one. Results are not kept.
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
    // Wrapped, because two callers may share a listener.
    const listener = (line: string) => onProgress?.(line)
    shared.listeners.add(listener)
    try {
      return await orAborted(shared.result, signal)
    } finally {
      shared.listeners.delete(listener)
      shared.waiting -= 1
      if (shared.waiting === 0) {
        // Removed first, so that a new caller does not join work that is being stopped.
        if (running.get(key) === shared) running.delete(key)
        shared.stop.abort()
        // No caller is left for its error.
        shared.result.catch(() => undefined)
      }
    }
  }
}

// ---

const orAborted = <T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> =>
  new Promise((resolve, reject) => {
    const onAbort = () => reject(signal?.reason)
    signal?.addEventListener('abort', onAbort)
    work.then(resolve, reject).finally(() => signal?.removeEventListener('abort', onAbort))
  })
