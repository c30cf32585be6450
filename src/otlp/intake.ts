import { telemetryAttributes } from '../plan/telemetry-env.ts'
import { now } from '../trace/event/clock.ts'
import type { Origin, OtlpAttributes } from '../trace/event/event.ts'
import type { EventFile } from '../trace/write/event-file.ts'
import type { Redactor } from '../trace/write/redact.ts'
import type { Intake, Rejected } from './answer.ts'
import { type Entry, type EntryContext, logEntry, spanEntry } from './entries.ts'
import type { Batch } from './raw.ts'

/** Where spans and log records go. */
export interface IntakeOptions {
  /** Opens their file; called at the first entry. */
  readonly openFile: () => Pick<EventFile, 'write'>
  readonly redactor: Pick<Redactor, 'text'>
  /** Returns a time of the services' clock on this process's. */
  readonly toOwn: (ms: number) => number
  /** What the record takes of a run. */
  readonly most: {
    readonly entries: number
    /** Of bodies, decompressed: entries are about as long. */
    readonly bytes: number
  }
  /** Called once, when there is more. */
  readonly onFull: () => void
  /** Returns whether there is such a lane, or a group of servers that lanes share. */
  readonly isLane: (lane: string) => boolean
}

/** The service at the other end of a connection; unknown for other programs on a lane's network. */
export type Sender = { readonly lane: string; readonly service: string } | undefined

/** Creates what writes spans and log records into the record. */
export const createIntake = (options: IntakeOptions): { of(sender: () => Sender): Intake } => {
  const { openFile, redactor, toOwn, most, onFull, isLane } = options
  let file: Pick<EventFile, 'write'> | undefined
  let entries = 0
  let bytes = 0
  let isFull = false
  const write = ({ kind, payload, time }: Entry<'otlp.span' | 'otlp.log'>): boolean => {
    if (isFull || entries === most.entries || bytes > most.bytes) {
      if (!isFull) onFull()
      isFull = true
      return false
    }
    file ??= openFile()
    file.write(kind, payload, time)
    entries++
    return true
  }
  const take = <T>(
    batches: readonly Batch<T>[],
    sender: () => Sender,
    size: number,
    entryOf: (item: T, context: EntryContext) => Entry<'otlp.span' | 'otlp.log'> | string,
  ): Rejected => {
    bytes += size
    const at = now()
    let count = 0
    let reason = ''
    const reject = (why: string) => {
      count++
      reason ||= why
    }
    for (const { resource, scope, items } of batches) {
      const origin = originOf(resource, sender(), isLane)
      const context = { origin, scope, now: at, toOwn, redact: redactor.text }
      for (const item of items) {
        const entry = entryOf(item, context)
        if (typeof entry === 'string') reject(entry)
        else if (!write(entry)) reject('the record of this run takes no more spans and logs')
      }
    }
    return { count, reason }
  }
  return {
    of: (sender) => ({
      spans: (batches, size) => take(batches, sender, size, spanEntry),
      logs: (batches, size) => take(batches, sender, size, logEntry),
    }),
  }
}

// ---

/** A collector sends for others, so what the resource says comes first, if there is such a lane. */
const originOf = (
  resource: OtlpAttributes,
  sender: Sender,
  isLane: (lane: string) => boolean,
): Pick<Origin, 'l' | 's'> => {
  const lane = resource[telemetryAttributes.lane]
  const service = resource[telemetryAttributes.service]
  if (typeof lane === 'string' && typeof service === 'string' && isLane(lane))
    return { l: lane, s: service }
  if (sender !== undefined) return { l: sender.lane, s: sender.service }
  const name = resource['service.name']
  return typeof name === 'string' && name !== '' ? { s: name } : {}
}
