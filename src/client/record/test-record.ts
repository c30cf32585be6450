import { AsyncLocalStorage } from 'node:async_hooks'
import { join } from 'node:path'
import type { RunFacts } from '../../protocol/methods.ts'
import type { SpanId } from '../../trace/event/event.ts'
import { type EventFile, openEventFile } from '../../trace/write/event-file.ts'
import { createRedactor, type Redactor } from '../../trace/write/redact.ts'

/** What this process adds to the run's record: tests and steps. */
export interface TestRecord extends Disposable {
  readonly events: EventFile
  readonly redactor: Redactor
  /** The test that runs now, `<id>#<attempt>`; goes into every event. */
  test: string | undefined
  /** The span that runs now, where one does: parent of those that begin in it. */
  readonly span: SpanId | undefined
  /** Runs `work` inside a span, also what it awaits. */
  inside<T>(span: SpanId, work: () => T): T
}

/** Opens this process's own event file in the record of the run. */
export const openTestRecord = (facts: RunFacts): TestRecord => {
  const redactor = createRedactor()
  const spans = new AsyncLocalStorage<SpanId>()
  const events = openOwnFile(join(facts.folder, 'ev'), redactor)
  return {
    events,
    redactor,
    test: undefined,
    get span() {
      return spans.getStore()
    },
    inside: (span, work) => spans.run(span, work),
    [Symbol.dispose]: () => events[Symbol.dispose](),
  }
}

/** A warm run can outlive its clients: another process may have had this one's id. */
const openOwnFile = (folder: string, redactor: Redactor): EventFile => {
  for (;;) {
    const prefix = `w${process.pid}-${nextNumber()}`
    try {
      return openEventFile(join(folder, `${prefix}.ndjson`), 'client', prefix, redactor)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
  }
}

/** Files of one process must not meet, whichever copy of this package writes them. */
const nextNumber = (): number => {
  const key = Symbol.for('mesocosm.record-number')
  const store = globalThis as { [key]?: number }
  store[key] = (store[key] ?? 0) + 1
  return store[key]
}
