import { createInterface } from 'node:readline'

/* For scripts that tests start as processes. `child.ts` is the other side. */

/** Marks a line of stdout as a report to the test. */
export const toldMark = '@told '

/** Reports something to the test, as JSON. */
export const tell = (what: string, value: unknown = null): void => {
  process.stdout.write(`${toldMark}${JSON.stringify([what, value])}\n`)
}

/** Reports the result or the error of `work`. */
export const tellOutcome = async (what: string, work: () => Promise<unknown>): Promise<void> => {
  try {
    tell(what, { value: (await work()) ?? null })
  } catch (error) {
    tell(what, { error: error instanceof Error ? { ...error, message: error.message } : error })
  }
}

/** Waits until the test calls `go` with this word. */
export const untilGo = (word: string): Promise<void> => {
  const lines = createInterface({ input: process.stdin })
  return new Promise((resolve) => {
    lines.on('line', (line) => {
      if (line !== word) return
      lines.close()
      process.stdin.unref()
      resolve()
    })
  })
}

/** Keeps the process alive until it is killed. */
export const forever = (): Promise<never> =>
  new Promise(() => {
    setInterval(() => {}, 60_000)
  })
