/** The failed test, or the failed command of `mesocosm run`, that a lane is kept for. */
export interface KeptFor {
  /** Attempt of the test: `<id>#<attempt>`, as in the record. */
  readonly test: string
  /** Titles of the enclosing suites and of the test, joined by ` › `; or the command. */
  readonly title: string
  /** Path of the test file, relative to the project; absent for a command. */
  readonly file?: string
}

/** A lane that stays as a failed test or command left it. */
export interface KeptLane extends KeptFor {
  /** When it is removed, milliseconds since 1970. */
  readonly until: number
}

/**
 * State of a lane: `leased` by a client; `free` for the next lease; `kept` as a failed test left it; `ahead`, made
 * before a client asked for it.
 */
export type LaneState = 'leased' | 'free' | 'kept' | 'ahead'
