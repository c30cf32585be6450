import { createInterface } from 'node:readline'

/* For scripts that tests run as processes of their own; the other side is `child.ts`. */

/** What marks a line of stdout as told to the test. */
export const toldMark = '@told '

/** Tells the test something, as JSON. */
export const tell = (what: string, value: unknown = null): void => {
  process.stdout.write(`${toldMark}${JSON.stringify([what, value])}\n`)
}

/** Tells how something ended that may fail. */
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
