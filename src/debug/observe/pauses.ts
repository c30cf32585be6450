import type { OnDebugState } from './observer.ts'

/** What a connection has paused: parts of a program, such as threads, by a name. */
export interface Pauses {
  /** A part has paused. */
  pause(part?: string): void
  /** A part runs again; without a name, all do. */
  resume(part?: string): void
}

/** Reports when the first part pauses and when the last one runs again. */
export const createPauses = (onState: OnDebugState): Pauses => {
  const paused = new Set<string>()
  return {
    pause(part = '') {
      if (paused.has(part)) return
      paused.add(part)
      if (paused.size === 1) onState('paused')
    },
    resume(part) {
      if (paused.size === 0) return
      if (part === undefined) paused.clear()
      else if (!paused.delete(part)) return
      if (paused.size === 0) onState('resumed')
    },
  }
}
