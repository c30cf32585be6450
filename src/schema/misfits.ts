import type { Path } from '../graph/references.ts'
import { notDataOf } from '../model/plain-data.ts'

/** A value that no topology can contain, whatever its place is. */
export interface Misfit {
  readonly path: Path
  readonly text: string
  /** What it is: `a function`. */
  readonly kind?: string
}

/** Returns what is not data in a topology, and names that would reach the prototype of an object. */
export const findMisfits = (data: unknown): readonly Misfit[] => {
  const found: Misfit[] = []
  const path: (string | number)[] = []
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return
    const misfit = notDataOf(value)
    if (misfit !== undefined) {
      found.push({ path: [...path], ...misfit })
      return
    }
    for (const key of Object.keys(value)) {
      path.push(Array.isArray(value) ? Number(key) : key)
      if (key === '__proto__') found.push({ path: [...path], text: '"__proto__" cannot be a name' })
      else visit((value as Readonly<Record<string, unknown>>)[key])
      path.pop()
    }
  }
  visit(data)
  return found
}
