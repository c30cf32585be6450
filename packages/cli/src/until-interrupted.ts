/** Runs until SIGINT or SIGTERM, which is a normal way to end it; a second signal ends the process. */
export const untilInterrupted = async <T>(
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> => {
  const interruption = new AbortController()
  const end = () => interruption.abort()
  process.once('SIGINT', end).once('SIGTERM', end)
  try {
    return await work(interruption.signal)
  } finally {
    process.off('SIGINT', end).off('SIGTERM', end)
  }
}
