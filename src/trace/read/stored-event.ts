/** An entry of any version, as it was parsed. */
export type StoredEvent = Readonly<Record<string, unknown>> & {
  readonly k: string
  readonly t: number
}

/** An entry and the number of its line, from 1. */
export interface NumberedEvent {
  readonly event: StoredEvent
  readonly line: number
}

/** Returns the entry in a line; `undefined` if it is cut or damaged. */
export const parseEvent = (line: string): StoredEvent | undefined => {
  try {
    const event: unknown = JSON.parse(line)
    return isStored(event) ? event : undefined
  } catch {
    return undefined
  }
}

// ---

const isStored = (event: unknown): event is StoredEvent =>
  typeof event === 'object' &&
  event !== null &&
  'k' in event &&
  typeof event.k === 'string' &&
  't' in event &&
  typeof event.t === 'number'
