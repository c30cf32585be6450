import { limitSignal } from '../../call/limit-signal.ts'
import type { Capture } from '../../define/capture.ts'
import { messageOf } from '../../errors/unknown-error.ts'
import { now } from '../../trace/event/clock.ts'
import { writeCapture } from './capture-entry.ts'
import type { TestRecord } from './test-record.ts'

/** Returns what a service has captured, oldest first, also what it has returned before. */
export type CaptureReader = (signal: AbortSignal) => Promise<readonly Capture[]>

/** Records what the services of a lane capture: mails, objects. */
export interface Captures {
  /** Adds a service; its captures from now on belong to it. */
  add(service: string, read: CaptureReader): void
  /** The test that runs in the lane from now on; `undefined` for none. */
  test: string | undefined
  /**
   * Asks the services that run (default all) for what they have captured since the last call, and records it. Takes at
   * most a second, and never rejects: what could not be read is recorded as missing.
   */
  collect(services?: readonly string[]): Promise<void>
}

/** What captures are recorded with. */
export interface CapturesOptions {
  readonly lane: string
  readonly record: Pick<TestRecord, 'events' | 'blob' | 'redactor'>
  /** Returns whether a service runs, as far as is known here. */
  readonly runs: (service: string) => boolean
  /** Whether nothing is recorded; default false. */
  readonly off?: boolean
  /** Milliseconds that all services together may take; default 1 000. */
  readonly timeoutMs?: number
}

/** Creates the captures of a lane. Nothing is asked as long as no service was added. */
export const createCaptures = (options: CapturesOptions): Captures => {
  const { lane, record, runs, off = false, timeoutMs = 1_000 } = options
  const sources = new Map<string, Source>()
  const captures: Captures = {
    test: undefined,
    add(service, read) {
      if (!off) sources.set(service, { read, seen: new Set() })
    },
    async collect(services) {
      const asked = [...sources].filter(
        ([service]) => (services?.includes(service) ?? true) && runs(service),
      )
      if (asked.length === 0) return
      // Of the test that runs when it is asked for: it may have ended when the answer comes.
      const { test } = captures
      const signal = limitSignal(timeoutMs)
      await Promise.all(
        asked.map(async ([service, source]) => {
          const origin = { ...(test === undefined ? {} : { x: test }), l: lane, s: service }
          try {
            const found = await untilAborted(source.read(signal), signal)
            for (const capture of found)
              if (!source.seen.has(capture.id)) writeCapture(record, origin, capture, now())
            source.seen = new Set(found.map(({ id }) => id))
          } catch (error) {
            const reason = signal.aborted ? `no answer within ${timeoutMs} ms` : messageOf(error)
            record.events.write('cap.missing', { ...origin, reason })
          }
        }),
      )
    },
  }
  return captures
}

// ---

interface Source {
  readonly read: CaptureReader
  /** Ids that were in the last answer. */
  seen: ReadonlySet<string>
}

/** The plugin may ignore the signal. */
const untilAborted = async <T>(work: Promise<T>, signal: AbortSignal): Promise<T> => {
  const { promise, reject } = Promise.withResolvers<never>()
  const onAbort = () => reject(signal.reason)
  signal.addEventListener('abort', onAbort, { once: true })
  try {
    return await Promise.race([work, promise])
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}
