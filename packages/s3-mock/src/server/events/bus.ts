import type { StoreEvent } from './event.ts'

/** Passes events to all listeners, synchronously and in order. */
export interface EventBus {
  emit(event: StoreEvent): void
  /** Adds a listener; returns a function that removes it. */
  listen(listener: (event: StoreEvent) => void): () => void
}

/** Returns a bus without listeners. */
export const createEventBus = (): EventBus => {
  const listeners = new Set<(event: StoreEvent) => void>()
  return {
    emit(event) {
      for (const listener of listeners) listener(event)
    },
    listen(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
}
