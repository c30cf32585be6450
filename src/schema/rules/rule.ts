import type { Fault } from '../fault.ts'
import type { Shape } from '../read-shape.ts'

/** What the rules check. */
export interface Subject extends Shape {
  /** Whether a file or folder of the host exists. */
  readonly exists: (path: string) => boolean
}

/** Checks one relation between well-formed parts, and returns its faults. */
export type Rule = (subject: Subject) => readonly Fault[]
