import { plain } from '../../text/ansi.ts'
import { offset } from '../../text/format.ts'
import type { Store } from '../store.ts'

/** Returns lines as text, with time and service. At most ten thousand, and says how many there are more. */
export const linesAsText = (store: Store, rows: Iterable<number> & { length: number }): string => {
  const [logs, index] = [store.logs.value, store.index.value]
  if (logs === undefined || index === undefined) return ''
  const width = Math.max(...index.services.map((name) => name.length))
  const lines: string[] = []
  for (const row of rows) {
    if (lines.length === atMost) {
      lines.push(`… ${(rows.length - atMost).toLocaleString('en')} more lines`)
      break
    }
    const service = (index.services[logs.service(row)] ?? '').padEnd(width)
    lines.push(
      `${offset(logs.time(row) - store.origin.value)}  ${service}  ${plain(logs.text(row))}`,
    )
  }
  return `${lines.join('\n')}\n`
}

// ---

const atMost = 10_000
