import type { Trace } from '../../src/trace/read/trace.ts'

/** Returns the statuses of the attempts of each test in a record, by default under `file › suite › test`. */
export const recordedIn = (
  { tests }: Trace,
  nameOf = (file: string, titlePath: readonly string[]) => [file, ...titlePath].join(' › '),
): Record<string, string[]> => {
  const recorded: Record<string, string[]> = {}
  for (const { events, status } of tests) {
    const [start] = events
    if (start?.k !== 'test.start') continue
    const name = nameOf(start.file, start.titlePath)
    recorded[name] = [...(recorded[name] ?? []), status ?? 'none']
  }
  return recorded
}
