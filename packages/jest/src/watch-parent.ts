/**
 * Ends this process once the one that started it has died, if it is a worker of Jest. Jest leaves workers to themselves
 * when it is killed: one that waits for a test would keep its lane until the test runs out of time.
 *
 * @returns a function that ends the watch.
 */
export const watchParent = (): (() => void) => {
  if (!process.connected) return () => undefined
  const parent = process.ppid
  const timer = setInterval(() => {
    if (!isAlive(parent)) process.kill(process.pid, 'SIGKILL')
  }, everyMs)
  timer.unref()
  return () => clearInterval(timer)
}

// ---

const everyMs = 500

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
