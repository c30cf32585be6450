import { isSecretPart } from '../../model/template.ts'
import type { Redactor } from './redact.ts'

/** Characters of a string that the record keeps. */
const longestString = 1024

/** Entries of an array or object that the record keeps. */
const mostEntries = 50

/**
 * Returns the arguments of a call as the record shows them: JSON values without secrets. Functions, signals and
 * `undefined` are left out, bytes are counted, long values are cut (after redaction, so that no half secret is left).
 */
export const shownArguments = (args: readonly unknown[], redactor: Redactor): unknown[] => {
  const shown = args.map((arg) => {
    try {
      return shownValue(arg, redactor, 0)
    } catch {
      // A getter threw; what the call does with it decides about the call.
      return '<cannot be read>'
    }
  })
  // `call(a, undefined)` reads best as `call(a)`.
  while (shown.length > 0 && shown.at(-1) === undefined) shown.pop()
  return shown.map((value) => (value === undefined ? null : value))
}

// ---

const shownValue = (value: unknown, redactor: Redactor, depth: number): unknown => {
  if (typeof value === 'string') return cut(redactor.text(value))
  if (typeof value === 'number' || typeof value === 'boolean' || value === null) return value
  if (typeof value === 'bigint') return `${value}n`
  if (typeof value !== 'object') return undefined
  // Also one that is too short to be redacted elsewhere.
  if (isSecretPart(value)) return '•••'
  if (value instanceof AbortSignal) return undefined
  if (value instanceof RegExp || value instanceof URL || value instanceof Date)
    return cut(redactor.text(String(value)))
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer)
    return `<${value.byteLength} bytes>`
  if (depth === 4) return '…'
  if (Array.isArray(value))
    return value.slice(0, mostEntries).map((item) => shownValue(item, redactor, depth + 1) ?? null)
  return shownEntries(value, redactor, depth)
}

const shownEntries = (value: object, redactor: Redactor, depth: number): unknown => {
  const prototype: unknown = Object.getPrototypeOf(value)
  // An instance of a class, such as a stream: its content is not an argument.
  if (prototype !== Object.prototype && prototype !== null) return `<${value.constructor.name}>`
  const entries = Object.entries(value)
    .slice(0, mostEntries)
    .map(([key, item]) => [key, shownValue(item, redactor, depth + 1)] as const)
    .filter(([, item]) => item !== undefined)
  return entries.length === 0 ? undefined : Object.fromEntries(entries)
}

const cut = (text: string): string =>
  text.length > longestString ? `${text.slice(0, longestString)}…` : text
