import { rowFlag } from '../../trace/event/row-flag.ts'
import type { ReportRow } from '../log/number-rows.ts'
import type { NewLogs } from './protocol.ts'

/** The log lines of a live run so far. */
export class LiveRows {
  readonly #rows: ReportRow[] = []
  /** Lines that are still written, by file and stream: a later row replaces each. */
  readonly #open = new Map<string, ReportRow>()

  /** In any order. */
  get all(): ReportRow[] {
    return [...this.#rows, ...this.#open.values()]
  }

  add({ name, lane, service, text }: NewLogs['logs'][number]): void {
    for (const line of text.split('\n')) {
      const row = parseRow(line)
      if (row === undefined) continue
      const [time, shown, stream, flags] = row
      const made = { lane, service, time, text: shown, stream, flags }
      const key = `${name} ${stream}`
      if (flags & rowFlag.partial) this.#open.set(key, made)
      else {
        this.#open.delete(key)
        this.#rows.push(made)
      }
    }
  }
}

// ---

type Row = readonly [time: number, text: string, stream: 1 | 2, flags: number]

const parseRow = (line: string): Row | undefined => {
  if (!line.startsWith('[')) return undefined
  try {
    return JSON.parse(line) as Row
  } catch {
    return undefined
  }
}
