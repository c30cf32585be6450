import type { EventBus } from './bus.ts'
import type { StoreEvent } from './event.ts'

/** An event that was kept, with an id that no other one has, also not one of an earlier process. */
export type RecentEvent = StoreEvent & { readonly id: string }

/** The last events of each access key, for those who ask afterwards. */
export interface RecentEvents {
  /** Returns writes and removals since the last `forget`, oldest first; at most the last 1 000. */
  of(accessKeyId: string): readonly RecentEvent[]
  /** Forgets the events of an access key. */
  forget(accessKeyId: string): void
}

/** Keeps the events of a bus from now on. */
export const keepRecent = (bus: EventBus, startedAt = Date.now()): RecentEvents => {
  const kept = new Map<string, RecentEvent[]>()
  let count = 0
  bus.listen((event) => {
    if (!/^s3:Object(?:Created|Removed):/.test(event.name)) return
    const events = kept.get(event.accessKeyId) ?? []
    kept.set(event.accessKeyId, events)
    events.push({ id: `${startedAt.toString(36)}-${++count}`, ...event })
    // In one go, because it costs as much as the array is long.
    if (events.length > 2 * most) events.splice(0, events.length - most)
  })
  return {
    of: (key) => (kept.get(key) ?? []).slice(-most),
    forget: (key) => void kept.delete(key),
  }
}

// ---

const most = 1_000
