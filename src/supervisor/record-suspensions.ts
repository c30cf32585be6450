import type { WaitClock } from '../call/wait-clock.ts'
import type { RunRecord } from '../trace/write/run-record.ts'

/** Records each time in which the clock stands still, as a span with its reason, until disposed. */
export const recordSuspensions = (
  clock: Pick<WaitClock, 'suspended' | 'onChange'>,
  events: RunRecord['events'],
): Disposable => {
  const open: { readonly why: string; readonly span: { end: (facts: object) => void } }[] = []
  const update = (suspended: readonly string[]) => {
    const left = [...suspended]
    for (const one of [...open]) {
      const at = left.indexOf(one.why)
      if (at >= 0) {
        left.splice(at, 1)
        continue
      }
      open.splice(open.indexOf(one), 1)
      one.span.end({})
    }
    for (const why of left) open.push({ why, span: events.span('suspended', { why }) })
  }
  update(clock.suspended)
  const watch = clock.onChange(update)
  return {
    [Symbol.dispose]() {
      watch[Symbol.dispose]()
      update([])
    },
  }
}
