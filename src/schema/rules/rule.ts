import type { Fault } from '../fault.ts'
import type { Shape } from '../read-shape.ts'
import type { createSuggest } from '../suggest.ts'

/** What the rules check. */
export interface Subject extends Shape {
  /** Whether a file or folder of the host exists. */
  readonly exists: (path: string) => boolean
  /** Whether there is a service of this name, well-formed or not. */
  readonly isKnown: (service: string) => boolean
  /** Returns `; did you mean "x"?`, or an empty string. */
  readonly suggest: ReturnType<typeof createSuggest>
}

/** Checks one relation between well-formed parts, and returns its faults. */
export type Rule = (subject: Subject) => readonly Fault[]
