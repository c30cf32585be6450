import { AsyncLocalStorage } from 'node:async_hooks'
import { join } from 'node:path'
import { codeOf } from '../../errors/unknown-error.ts'
import type { RunFacts } from '../../protocol/methods.ts'
import type { SpanId } from '../../trace/event/event.ts'
import { type BlobStore, createBlobStore } from '../../trace/write/blob-store.ts'
import { type EventFile, openEventFile } from '../../trace/write/event-file.ts'
import { createRedactor, type Redactor } from '../../trace/write/redact.ts'
import { type CallJournal, createCallJournal } from './call-journal.ts'
import type { StepRunner } from './step-runner.ts'

/** What this process adds to the run's record: tests and steps. */
export interface TestRecord extends Disposable {
  readonly events: EventFile
  readonly redactor: Redactor
  /** Keeps text that is too long for an entry in `blob/`. */
  readonly blob: BlobStore
  /** What tests have under way and have changed. */
  readonly calls: CallJournal
  /** The test that runs now, `<id>#<attempt>`; goes into every event. */
  test: string | undefined
  /** The current span, if any: the parent of spans that begin in it. */
  readonly span: SpanId | undefined
  /** Runs `work` inside a span, also what it awaits. */
  inside<T>(span: SpanId, work: () => T): T
  /** Shows calls as steps in the test runner's own report; absent where it has none. */
  readonly steps?: StepRunner | undefined
}

/** Opens an event file of this process in the record of the run; records that share a redactor know the same secrets. */
export const openTestRecord = (
  facts: RunFacts,
  redactor: Redactor = createRedactor(),
  steps?: StepRunner,
): TestRecord => {
  const spans = new AsyncLocalStorage<SpanId>()
  const events = openOwnFile(join(facts.folder, 'ev'), redactor)
  return {
    events,
    redactor,
    blob: createBlobStore(join(facts.folder, 'blob'), redactor, { onFault }),
    calls: createCallJournal(),
    steps,
    test: undefined,
    get span() {
      return spans.getStore()
    },
    inside: (span, work) => spans.run(span, work),
    [Symbol.dispose]: () => events[Symbol.dispose](),
  }
}

/** A warm run outlives its clients, so an earlier process may have had the same id. */
const openOwnFile = (folder: string, redactor: Redactor): EventFile => {
  for (;;) {
    const prefix = `w${process.pid}-${nextNumber()}`
    try {
      return openEventFile(join(folder, `${prefix}.ndjson`), 'client', prefix, redactor, {
        onFault,
      })
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error
    }
  }
}

/** Tests go on without their part of the record; one warning per process is enough. */
const onFault = (path: string, reason: string) => {
  const key = Symbol.for('mesocosm.record-warned')
  const store = globalThis as { [key]?: true }
  if (store[key]) return
  store[key] = true
  process.emitWarning(
    `the record of the run is incomplete, because ${path} could not be written: ${reason}`,
    'MesocosmWarning',
  )
}

/** Counts across all loaded copies of this package, so that each file of the process has its own name. */
const nextNumber = (): number => {
  const key = Symbol.for('mesocosm.record-number')
  const store = globalThis as { [key]?: number }
  store[key] = (store[key] ?? 0) + 1
  return store[key]
}
