/** Takes one line of progress. */
export type Log = (line: string) => void

/** Returns a log that writes to stderr, with seconds since the start; stdout belongs to the command. */
export const progressLog = (topic: string): Log => {
  const begin = performance.now()
  return (line) => {
    const seconds = ((performance.now() - begin) / 1_000).toFixed(1).padStart(5)
    process.stderr.write(`${seconds} s  ${topic}: ${line}\n`)
  }
}
