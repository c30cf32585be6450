import { failureOf } from '../../errors/outcome.ts'
import type { EventFile } from '../../trace/write/event-file.ts'

/** Ways that are only faster; each has a plain way with the same result. */
export type Shortcut =
  /** Services start from an image of their data after set-up. */
  | 'prebuilt image'
  /** Sandbox containers run an image of their own, made of one small program. */
  | 'sandbox image'
  /** Ports of the host are picked here, so that they stay the same when networks change. */
  | 'picked ports'

/** The shortcuts that failed in this run. */
export interface Shortcuts {
  /**
   * Records that the plain way was taken, and why; once per shortcut and run. The run goes on, so nothing is thrown.
   *
   * @param where the service and lane that needed it first.
   */
  failed(
    shortcut: Shortcut,
    error: unknown,
    where: { readonly service: string; readonly lane?: string },
  ): void
}

/** Creates the shortcuts of a run; all work until one fails. */
export const createShortcuts = (events: Pick<EventFile, 'write'>): Shortcuts => {
  const noted = new Set<Shortcut>()
  return {
    failed(shortcut, error, { service, lane }) {
      if (noted.has(shortcut)) return
      noted.add(shortcut)
      events.write('shortcut', {
        s: service,
        ...(lane === undefined ? {} : { l: lane }),
        shortcut,
        error: failureOf(error),
      })
    },
  }
}
