import { isKeyed, kindOf } from './value-kind.ts'

/**
 * Stands for a value that JSON cannot carry, so that it is reported at its place and not dropped or changed on the
 * way to the supervisor.
 */
export interface NotData {
  readonly [notDataKey]: {
    /** What is wrong: `must be plain data, not a function`. */
    readonly text: string
    /** What the value is, if that alone is wrong: `a function`. */
    readonly kind?: string
  }
}

/** Returns the value of a {@link NotData}; `undefined` for any other value. */
export const notDataOf = (value: unknown): NotData[typeof notDataKey] | undefined =>
  isKeyed(value) && Object.hasOwn(value, notDataKey)
    ? (value as unknown as NotData)[notDataKey]
    : undefined

/**
 * Returns a copy of a value as JSON carries it: keys that are `undefined` are left out. Functions, symbols, bigints,
 * NaN, Dates, cycles, getters that throw and anything else that JSON drops or changes become a {@link NotData}.
 */
export const toData = (value: unknown): unknown => convert(value, [])

/** Returns what `read` returns, or a {@link NotData} if it throws. */
export const readable = <T>(read: () => T): T | NotData => {
  try {
    return read()
  } catch (error) {
    return notData(`cannot be read: ${messageIn(error)}`)
  }
}

// ---

const notDataKey = 'mesocosm:not-data'

/** Levels of objects and arrays; declarations have about eight. */
const deepest = 64

/** Not by `instanceof`: the error may be of another realm. */
const messageIn = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'message' in error
    ? String(error.message)
    : kindOf(error)

const notData = (text: string, kind?: string): NotData => ({
  [notDataKey]: { text, ...(kind === undefined ? {} : { kind }) },
})

/** @param parents the objects around the value; one of them inside is a cycle. */
const convert = (value: unknown, parents: object[]): unknown => {
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return value
  if (typeof value === 'number' && Number.isFinite(value)) return value
  const isArray = Array.isArray(value)
  if (!isArray && !isKeyed(value))
    return notData(`must be plain data, not ${kindOf(value)}`, kindOf(value))
  if (parents.includes(value)) return notData('contains itself')
  if (parents.length === deepest) return notData(`is nested more than ${deepest} levels deep`)
  parents.push(value)
  const copy = readable(() =>
    isArray
      ? Array.from(value as readonly unknown[], (item) => convert(item, parents))
      : copyEntries(value, parents),
  )
  parents.pop()
  return copy
}

const copyEntries = (
  value: Readonly<Record<string, unknown>>,
  parents: object[],
): Record<string, unknown> => {
  const copy: Record<string, unknown> = {}
  for (const key of Object.keys(value)) {
    const item = readable(() => value[key])
    if (item === undefined) continue
    const converted = convert(item, parents)
    // Assigning `__proto__` would change the prototype of the copy.
    if (key !== '__proto__') copy[key] = converted
    else Object.defineProperty(copy, key, { ...ownEntry, value: converted })
  }
  return copy
}

const ownEntry = { enumerable: true, writable: true, configurable: true }
