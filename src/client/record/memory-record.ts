import { AsyncLocalStorage } from 'node:async_hooks'
import type { SpanId } from '../../trace/event/event.ts'
import type { EventFile } from '../../trace/write/event-file.ts'
import { createRedactor } from '../../trace/write/redact.ts'
import { createCallJournal } from './call-journal.ts'
import type { TestRecord } from './test-record.ts'

/** A test record that keeps its entries in memory. For tests. */
export interface MemoryRecord extends TestRecord {
  readonly written: readonly Readonly<Record<string, unknown>>[]
}

/** Creates an empty memory record. */
export const createMemoryRecord = (): MemoryRecord => {
  const redactor = createRedactor()
  const written: Record<string, unknown>[] = []
  const spans = new AsyncLocalStorage<SpanId>()
  let lastId = 0
  const events: EventFile = {
    path: 'memory',
    write: (k, payload, at) =>
      void written.push({ k, ...(at === undefined ? {} : { t: at }), ...(payload as object) }),
    span(name, payload) {
      const id = `m.${++lastId}`
      written.push({ k: `${name}.start`, i: id, ...payload })
      return { id, end: (result) => void written.push({ k: `${name}.end`, i: id, ...result }) }
    },
    [Symbol.dispose]: () => {},
  }
  return {
    written,
    events,
    redactor,
    blob: (text) => ({ sha256: 'memory', bytes: Buffer.byteLength(redactor.text(text)) }),
    calls: createCallJournal(),
    test: undefined,
    get span() {
      return spans.getStore()
    },
    inside: (span, work) => spans.run(span, work),
    [Symbol.dispose]: () => {},
  }
}
