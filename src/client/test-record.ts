import { join } from 'node:path'
import type { RunFacts } from '../protocol/methods.ts'
import { type EventFile, openEventFile } from '../trace/event-file.ts'
import { createRedactor, type Redactor } from '../trace/redact.ts'

/** What this process adds to the run's record: tests and steps. */
export interface TestRecord extends Disposable {
  readonly events: EventFile
  readonly redactor: Redactor
  /** The test that runs now, `<id>#<attempt>`; goes into every event. */
  test: string | undefined
  readonly stack: number[]
}

export const openTestRecord = (facts: RunFacts): TestRecord => {
  const redactor = createRedactor()
  const count = nextNumber()
  const path = join(facts.folder, 'ev', `w-${process.pid}-${count}.ndjson`)
  const events = openEventFile(path, 'client', redactor)
  return {
    events,
    redactor,
    test: undefined,
    stack: [],
    [Symbol.dispose]: () => events[Symbol.dispose](),
  }
}

/** Files of one process must not meet, whichever copy of this package writes them. */
const nextNumber = (): number => {
  const key = Symbol.for('mesocosm.record-number')
  const store = globalThis as { [key]?: number }
  store[key] = (store[key] ?? 0) + 1
  return store[key]
}
