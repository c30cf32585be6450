import type { RunEvent } from '../../model/run-event.ts'
import type { EventFile } from '../../trace/write/event-file.ts'

/** What the engine warned of in this run: a limit without effect, an image of another platform. */
export interface Warnings {
  /** Reports a warning in the record and in the progress; once per service and warning. */
  report(text: string, where: { readonly service: string; readonly lane: string }): void
}

/** Creates the warnings of a run. */
export const createWarnings = (
  events: Pick<EventFile, 'write'>,
  progress: (event: RunEvent) => void,
): Warnings => {
  const reported = new Set<string>()
  return {
    report(text, { service, lane }) {
      // Services are recreated often, and in each lane.
      const key = JSON.stringify([service, text])
      if (reported.has(key)) return
      reported.add(key)
      events.write('svc.warning', { s: service, l: lane, message: text })
      progress({ kind: 'warning', lane, service, line: text })
    },
  }
}
