import type { StoreEvent } from './event.ts'

/** Hands events to all who listen, in order and at once. */
export interface EventBus {
  emit(event: StoreEvent): void
  /** @returns ends it. */
  listen(listener: (event: StoreEvent) => void): () => void
}

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
