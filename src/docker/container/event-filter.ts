import type { ContainerState } from '../../runtime/container-state.ts'
import type { ContainerEvent } from './runtime-event.ts'

/** A container as the engine describes it now; its times are milliseconds since 1970 by the engine's clock. */
export interface SeenContainer extends Pick<ContainerState, 'id' | 'status' | 'exitCode'> {
  readonly startedMs: number
  readonly finishedMs: number
}

/**
 * Follows the state of containers by their events, so that events which an interrupted stream has lost can be made up,
 * and those which it repeats can be left out.
 */
export interface EventFilter {
  /** Takes an event as news. Returns false for a second removal of a container: an engine may report it twice. */
  note(event: ContainerEvent): boolean
  /** Whether the event is news; false for one of before an interruption. */
  accept(event: ContainerEvent): boolean
  /** Returns the events that led to this state and were not seen, and counts them as seen. */
  missed(containers: readonly SeenContainer[]): ContainerEvent[]
  /** Time of the last event, milliseconds since 1970 by the engine's clock; `undefined` before the first one. */
  readonly lastMs: number | undefined
}

/** Creates a filter that has seen nothing. */
export const createEventFilter = (): EventFilter => {
  const seen = new Map<string, Seen>()
  const removed: string[] = []
  let lastMs: number | undefined

  const note = (event: ContainerEvent): boolean => {
    const { container, timeMs } = event
    lastMs = Math.max(lastMs ?? 0, timeMs)
    const before = seen.get(container)
    if (event.kind === 'removed' && before?.status === 'removed') return false
    const status = statusAfter[event.kind] ?? before?.status ?? 'created'
    seen.set(container, { status, timeMs: Math.max(before?.timeMs ?? 0, timeMs) })
    if (event.kind === 'removed' && removed.push(container) > keptRemoved)
      seen.delete(removed.shift() ?? '')
    return true
  }

  return {
    note,
    accept(event) {
      const before = seen.get(event.container)
      // Its end was made up before the engine told of it; no container comes back.
      if (before?.status === 'removed') return false
      const status = statusAfter[event.kind]
      // Of two descriptions of a moment, the engine's events are slightly later than the times of the container.
      if (before !== undefined && event.timeMs <= before.timeMs) return false
      if (status !== undefined && status === before?.status) {
        note(event)
        return false
      }
      note(event)
      return true
    },
    missed(containers) {
      const events: ContainerEvent[] = []
      const add = (event: ContainerEvent) => {
        note(event)
        events.push(event)
      }
      for (const container of containers)
        for (const event of eventsOf(container, seen.get(container.id))) add(event)
      const existing = new Set(containers.map(({ id }) => id))
      for (const [container, { status, timeMs }] of seen) {
        if (existing.has(container) || status === 'removed') continue
        if (status === 'running' || status === 'paused')
          add({ kind: 'exited', container, exitCode: unknownExitCode, timeMs })
        add({ kind: 'removed', container, timeMs })
      }
      return events
    },
    get lastMs() {
      return lastMs
    },
  }
}

// ---

/** Removed containers whose last events are still recognized. */
const keptRemoved = 256

interface Seen {
  readonly status: ContainerState['status'] | 'removed'
  /** Of the last event. */
  readonly timeMs: number
}

const statusAfter: Partial<Record<ContainerEvent['kind'], Seen['status']>> = {
  started: 'running',
  unpaused: 'running',
  paused: 'paused',
  exited: 'exited',
  removed: 'removed',
}

/** Of a program that was killed, as a removal does. */
const unknownExitCode = 137

/** Returns what must have happened since, in order. */
const eventsOf = (now: SeenContainer, before: Seen | undefined): ContainerEvent[] => {
  const { id: container, status } = now
  if (status === 'created') return []
  const was = before?.status ?? 'created'
  const wasUp = was === 'running' || was === 'paused'
  const sinceMs = before?.timeMs ?? 0
  const events: ContainerEvent[] = []
  const exited = (exitCode = unknownExitCode) =>
    events.push({ kind: 'exited', container, exitCode, timeMs: now.finishedMs })
  const started = () => events.push({ kind: 'started', container, timeMs: now.startedMs })
  // The event of a start is slightly later than the time of the start.
  const isStartedAgain = now.startedMs > sinceMs
  if (wasUp && isStartedAgain && status !== 'exited') exited()
  if (status === 'exited') {
    if (!wasUp && isStartedAgain) started()
    if (wasUp || isStartedAgain) exited(now.exitCode)
    return events
  }
  if (!wasUp || isStartedAgain) started()
  const isPaused = was === 'paused' && !isStartedAgain
  const timeMs = Math.max(sinceMs, now.startedMs)
  if (status === 'paused' && !isPaused) events.push({ kind: 'paused', container, timeMs })
  if (status === 'running' && isPaused) events.push({ kind: 'unpaused', container, timeMs })
  return events
}
