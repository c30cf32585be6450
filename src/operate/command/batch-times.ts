import type { Durations } from '../../balance/durations.ts'
import type { TimedFile } from '../../balance/order-files.ts'

/** Returns the durations of files that ran in one command: its time, divided as they took before. */
export const batchTimes = (batch: readonly TimedFile[], ms: number): Durations => {
  const expected = batch.reduce((sum, file) => sum + file.ms, 0)
  return Object.fromEntries(
    batch.map(({ file, ms: before, variant }) => [
      file,
      { [variant]: ms * (expected === 0 ? 1 / batch.length : before / expected) },
    ]),
  )
}
