/** Returns what a value is, for faults: `null`, `NaN`, `an array`, `a function`, `a Date`, `an object`. */
export const kindOf = (value: unknown): string => {
  if (value === null || value === undefined) return String(value)
  if (typeof value === 'number') return Number.isFinite(value) ? 'a number' : String(value)
  if (typeof value === 'boolean') return 'true or false'
  if (typeof value !== 'object') return `a ${typeof value}`
  if (Array.isArray(value)) return 'an array'
  const tag = tagOf(value)
  if (tag === 'Object') return 'an object'
  return /^[AEIO]/.test(tag) ? `an ${tag}` : `a ${tag}`
}

/**
 * Whether a value is an object whose keys are its content: not an array, a Date, a Map … Instances of classes without
 * a tag of their own count, and so do objects of another realm, in which runners run tests.
 */
export const isKeyed = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && tagOf(value) === 'Object'

// ---

/** The built-in class of an object, whatever realm made it. */
const tagOf = (value: object): string => {
  try {
    return Object.prototype.toString.call(value).slice('[object '.length, -1)
  } catch {
    // A proxy that was revoked, or whose tag cannot be read.
    return 'proxy that cannot be read'
  }
}
