import { didYouMean } from '../../errors/nearest.ts'
import { messageOf } from '../../errors/unknown-error.ts'
import { argumentFault, envKeyFault, envValueFault, textFault } from '../../model/program-text.ts'
import { isSecretPart } from '../../model/template.ts'
import { isKeyed, kindOf } from '../../model/value-kind.ts'

/** One thing that is wrong with an argument. */
export interface ArgumentFault {
  /** Where: `env.PORT`, `options.timeoutMs`, `argv[1]`. */
  readonly at: string
  /** What is wrong there: lower case, no full stop. */
  readonly text: string
}

/** Returns the faults of a value; none if it is what it must be. */
export type Check = (value: unknown, at: string) => readonly ArgumentFault[]

/** Accepts what `fits` accepts. */
export const is =
  (what: string, fits: (value: unknown) => boolean): Check =>
  (value, at) =>
    fits(value) ? [] : fault(at, mustBe(what, value))

/** Accepts what only our own code passes. */
export const anything: Check = () => []

/** Accepts `undefined` too. */
export const optional =
  (check: Check): Check =>
  (value, at) =>
    value === undefined ? [] : check(value, at)

/** Accepts strings of which `rule` finds no fault. */
export const string =
  (rule: (text: string) => string | undefined = textFault): Check =>
  (value, at) => {
    if (typeof value !== 'string') return fault(at, mustBe('a string', value))
    const text = rule(value)
    return text === undefined ? [] : fault(at, text)
  }

/** Accepts strings that are not empty and have no NUL. */
export const name = string((text) => (text.trim() === '' ? 'must not be empty' : textFault(text)))

/** Accepts any string, such as what is written to stdin. */
export const text = string(() => undefined)

/** Accepts one of these strings. */
export const oneOf = (...words: readonly string[]): Check =>
  is(words.map((word) => JSON.stringify(word)).join(' or '), (value) =>
    words.some((word) => word === value),
  )

/** Accepts what a timer can wait for; a longer wait would end at once. */
export const milliseconds = is(
  'a number of milliseconds from 0 to 2147483647',
  (value) => typeof value === 'number' && value >= 0 && value <= 0x7fff_ffff,
)

/** Accepts the number of a port. */
export const portNumber = is(
  'a port number from 1 to 65535',
  (value) => Number.isInteger(value) && Number(value) >= 1 && Number(value) <= 65_535,
)

/** Accepts true and false. */
export const flag = is('true or false', (value) => typeof value === 'boolean')

/** Accepts a callback. */
export const callback = is('a function', (value) => typeof value === 'function')

/** Accepts the signal of an `AbortController` of any realm. */
export const abortSignal = is(
  'an AbortSignal',
  (value) =>
    typeof value === 'object' &&
    value !== null &&
    'aborted' in value &&
    'addEventListener' in value &&
    typeof value.addEventListener === 'function',
)

/** Accepts a string, or a regular expression of any realm. */
export const pattern = is(
  'a string or a regular expression',
  (value) =>
    typeof value === 'string' || Object.prototype.toString.call(value) === '[object RegExp]',
)

/** Accepts objects with these keys alone. */
export const shape =
  (keys: Readonly<Record<string, Check>>): Check =>
  (value, at) =>
    entriesOf(value, at, (key, item) => {
      if (Object.hasOwn(keys, key)) return keys[key]?.(item, within(at, key)) ?? []
      return item === undefined
        ? []
        : fault(within(at, key), `unknown key${didYouMean(key, Object.keys(keys))}`)
    })

/** Accepts an object that may be left out, with these keys that may be left out. */
export const options = (keys: Readonly<Record<string, Check>> = {}): Check =>
  optional(
    shape(Object.fromEntries(Object.entries(keys).map(([key, check]) => [key, optional(check)]))),
  )

/** Accepts arrays of what `check` accepts. */
export const arrayOf =
  (check: Check, { least = 0, what = 'an array' } = {}): Check =>
  (value, at) => {
    if (!Array.isArray(value)) return fault(at, mustBe(what, value))
    if (value.length < least) return fault(at, `must be ${what}, not an empty array`)
    // `Array.from`, since a hole is skipped by `flatMap`.
    return Array.from(value, (item: unknown, index) => check(item, `${at}[${index}]`)).flat()
  }

/** Accepts a program with its arguments, as an array. */
export const argv = arrayOf(string(argumentFault), {
  least: 1,
  what: "an array of the program and its arguments, such as ['ls', '-l']",
})

/** Accepts environment variables of which each value is a string, or is left out. */
export const env: Check = (value, at) =>
  entriesOf(value, at, (key, item) =>
    item === undefined ? [] : variable(key, item, within(at, key), 'a string', isString),
  )

/** Accepts a change of environment variables: `undefined` unsets one. */
export const envPatch: Check = (value, at) =>
  entriesOf(value, at, (key, item) =>
    variable(
      key,
      // A secret may be whatever another value may be, but not missing.
      isSecretPart(item) ? (item.secret ?? null) : item,
      within(at, key),
      'a string, a number, true or false, or undefined to unset it',
      isScalarOrUnset,
    ),
  )

// ---

const fault = (at: string, text: string): readonly ArgumentFault[] => [{ at, text }]

const mustBe = (what: string, value: unknown) => `must be ${what}, not ${kindOf(value)}`

const within = (at: string, key: string): string =>
  /^[\w-]+$/.test(key) ? `${at}.${key}` : `${at}[${JSON.stringify(key)}]`

/** Checks each entry of an object. One that cannot be read, because a getter throws, is a fault. */
const entriesOf = (
  value: unknown,
  at: string,
  check: (key: string, item: unknown) => readonly ArgumentFault[],
): readonly ArgumentFault[] => {
  if (!isKeyed(value)) return fault(at, mustBe('an object', value))
  return Object.keys(value).flatMap((key) => {
    try {
      return check(key, value[key])
    } catch (error) {
      return fault(within(at, key), `cannot be read: ${messageOf(error)}`)
    }
  })
}

const variable = (
  key: string,
  value: unknown,
  at: string,
  what: string,
  fits: (value: unknown) => boolean,
): readonly ArgumentFault[] => {
  const ofKey = envKeyFault(key)
  if (ofKey !== undefined) return fault(at, ofKey)
  if (!fits(value)) return fault(at, mustBe(what, value))
  const ofValue = value === undefined ? undefined : envValueFault(key, String(value))
  return ofValue === undefined ? [] : fault(at, ofValue)
}

const isString = (value: unknown): boolean => typeof value === 'string'

const isScalarOrUnset = (value: unknown): boolean =>
  isString(value) ||
  typeof value === 'boolean' ||
  value === undefined ||
  (typeof value === 'number' && Number.isFinite(value))
