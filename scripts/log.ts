/** Takes one line of progress. */
export type Log = (line: string) => void

/** Lines on stderr with seconds since the start, so that stdout stays the command's own. */
export const progressLog = (topic: string): Log => {
  const begin = performance.now()
  return (line) => {
    const seconds = ((performance.now() - begin) / 1_000).toFixed(1).padStart(5)
    process.stderr.write(`${seconds} s  ${topic}: ${line}\n`)
  }
}
