import { fold } from '../json/fold.ts'
import { isList, isObject, type Json } from '../json/json.ts'

/** Faults of a body, one line each; a request with any is refused. */
export type Faults = string[]

/**
 * Rebuilds a value from what is allowed of it. Adds a line to `faults` for each part that is not allowed.
 *
 * @param at where the value is, such as `HostConfig.Binds[0]`.
 * @returns a new value, or `undefined` to leave it out.
 */
export type Shape = (value: Json, at: string, faults: Faults) => Json | undefined

/** Adds a fault and returns `undefined`. */
export const fault = (faults: Faults, at: string, allowed: string): undefined => {
  faults.push(`${at} ${allowed}`)
  return undefined
}

/**
 * Rebuilds an object with exactly these keys. `null` leaves a key out, as Go does. An unknown key is a fault, also if it
 * differs from a known one only in case, which the engine would take for the known one.
 */
export const object =
  (keys: Readonly<Record<string, Shape>>): Shape =>
  (value, at, faults) => {
    if (!isObject(value)) return fault(faults, at, 'must be an object')
    const built = new Map<string, Json>()
    for (const [key, item] of value) {
      const where = at === '' ? key : `${at}.${key}`
      const shape = Object.hasOwn(keys, key) ? keys[key] : undefined
      if (shape === undefined) {
        const meant = Object.keys(keys).find((known) => fold(known) === fold(key))
        fault(faults, where, meant === undefined ? 'is not allowed' : `must be written ${meant}`)
      } else if (item !== null) {
        const part = shape(item, where, faults)
        if (part !== undefined) built.set(key, part)
      }
    }
    return built
  }

/** Rebuilds an array item by item, at most 1000. */
export const list =
  (item: Shape): Shape =>
  (value, at, faults) => {
    if (!isList(value)) return fault(faults, at, 'must be an array')
    if (value.length > 1000) return fault(faults, at, 'must have at most 1000 items')
    return value.flatMap((part, index) => item(part, `${at}[${index}]`, faults) ?? [])
  }

/** Rebuilds an object whose keys are data, such as labels; `allowed` says which keys are. */
export const map =
  (isKey: (key: string) => boolean, item: Shape, allowed: string): Shape =>
  (value, at, faults) => {
    if (!isObject(value)) return fault(faults, at, 'must be an object')
    const built = new Map<string, Json>()
    for (const [name, part] of value) {
      if (!isKey(name)) fault(faults, at, `has the key ${JSON.stringify(name)}; ${allowed}`)
      const rebuilt = item(part, `${at}.${name}`, faults)
      if (rebuilt !== undefined) built.set(name, rebuilt)
    }
    return built
  }

/** Keys that match a pattern, for {@link map}. */
export const like =
  (pattern: RegExp) =>
  (key: string): boolean =>
    pattern.test(key)

/** A string that matches a pattern; `allowed` says which do. */
export const text =
  (pattern: RegExp = /^/, allowed = 'must be a string'): Shape =>
  (value, at, faults) =>
    typeof value === 'string' && pattern.test(value) ? value : fault(faults, at, allowed)

/** One of some strings. */
export const oneOf =
  (...values: readonly string[]): Shape =>
  (value, at, faults) =>
    typeof value === 'string' && values.includes(value)
      ? value
      : fault(faults, at, `must be one of ${values.map((item) => JSON.stringify(item)).join(', ')}`)

/** `true` or `false`. */
export const flag: Shape = (value, at, faults) =>
  typeof value === 'boolean' ? value : fault(faults, at, 'must be true or false')

/** An integer from `min` to `max`. */
export const integer =
  (min: number, max: number): Shape =>
  (value, at, faults) =>
    typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max
      ? value
      : fault(faults, at, `must be an integer from ${min} to ${max}`)

/** An empty object, as the values of Go's sets. */
export const emptyObject: Shape = (value, at, faults) =>
  isObject(value) && value.size === 0 ? value : fault(faults, at, 'must be {}')

/** Must have its zero value (`null`, `false`, `0`, `""`, `[]`, `{}`), which clients send for all keys; left out. */
export const unset: Shape = (value, at, faults) =>
  isZero(value) ? undefined : fault(faults, at, 'is not allowed')

/** Must be absent or `null`: also its empty value has a meaning. */
export const absent: Shape = (_, at, faults) => fault(faults, at, 'is not allowed')

/** A value that the engine needs no longer or that the guard decides; left out if its shape fits. */
export const dropped =
  (shape: Shape): Shape =>
  (value, at, faults) => {
    shape(value, at, faults)
    return undefined
  }

// ---

const isZero = (value: Json): boolean =>
  value === null ||
  value === false ||
  value === 0 ||
  value === '' ||
  (isList(value) && value.length === 0) ||
  (isObject(value) && value.size === 0)
