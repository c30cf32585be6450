import type { Fault } from '../fault.ts'
import type { Shape } from '../read-shape.ts'

/** What the rules look at. */
export interface Subject extends Shape {
  /** Whether a file or folder of the host is there. */
  readonly exists: (path: string) => boolean
}

/** One thing that must hold between well-formed parts; returns where it does not. */
export type Rule = (subject: Subject) => readonly Fault[]
