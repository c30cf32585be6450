import { dirname, resolve } from 'node:path'
import { MesocosmError } from 'mesocosm'
import '../error-codes.ts'
import { child, fieldsOf, keyOfPlace, type Place } from './place.ts'
import { readSource, type Source, shownPath } from './source.ts'

/** Reads the files of a document, follows its references, and collects its faults. */
export interface Reader {
  /** The whole document; `undefined` if it cannot be read. */
  readonly root: Place | undefined
  /** Adds a fault: `payments.yaml:12: paths./charges.post: must have responses`. */
  fault(place: Place, message: string): void
  /** Follows the reference at a place, and those at its target; `undefined`, with a fault, if there is no target. */
  follow(place: Place): Place | undefined
  /** @throws {MesocosmError} `OPENAPI_INVALID` if there are faults. */
  check(): void
}

/** Opens a document. @param path absolute. */
export const openReader = (path: string): Reader => {
  const sources = new Map<string, Source | undefined>()
  const faults = new Map<string, { readonly file: string; readonly line: number }>()
  const add = (file: string, line: number, text: string) => {
    const shown = `${shownPath(file)}:${line}: ${text}`
    faults.set(shown, { file, line })
  }
  const open = (file: string): Source | undefined => {
    if (sources.has(file)) return sources.get(file)
    const read = readSource(file)
    const source = 'lineOf' in read ? read : undefined
    sources.set(file, source)
    if (!('lineOf' in read)) for (const { line = 1, message } of read) add(file, line, message)
    return source
  }
  const fault = ({ source, keys }: Place, message: string) =>
    add(
      source.path,
      source.lineOf(keys),
      keys.length === 0 ? message : `${shownKeys(keys)}: ${message}`,
    )

  const target = (place: Place, reference: string): Place | undefined => {
    const [file = '', fragment = ''] = reference.split('#', 2)
    if (/^[a-z][a-z+.-]+:/i.test(file)) {
      fault(place, `refers to ${reference}; only files next to the document can be referred to`)
      return undefined
    }
    const path =
      file === '' ? place.source.path : resolve(dirname(place.source.path), decoded(file))
    const isNew = !sources.has(path)
    const source = open(path)
    if (source === undefined) {
      if (!isNew) fault(place, `refers to ${shownPath(path)}, which cannot be read`)
      return undefined
    }
    if (fragment !== '' && !fragment.startsWith('/')) {
      fault(place, `refers to the anchor #${fragment}; use a path, such as #/components/schemas/A`)
      return undefined
    }
    const keys = fragment === '' ? [] : fragment.slice(1).split('/').map(unescaped)
    let at: Place = { value: source.value, source, keys: [] }
    for (const key of keys) {
      at = child(at, Array.isArray(at.value) ? Number(key) : key)
      if (at.value !== undefined) continue
      fault(place, `refers to ${reference}, which does not exist`)
      return undefined
    }
    return at
  }

  const first = open(path)
  return {
    root: first && { value: first.value, source: first, keys: [] },
    fault,
    follow(place) {
      const seen = new Set<string>()
      for (let at = place; ; ) {
        const reference = fieldsOf(at.value)?.$ref
        if (reference === undefined) return at
        if (typeof reference !== 'string') {
          fault(at, '$ref must be a string')
          return undefined
        }
        if (seen.has(keyOfPlace(at))) {
          fault(place, `refers to itself by ${reference}`)
          return undefined
        }
        seen.add(keyOfPlace(at))
        const next = target(at, reference)
        if (next === undefined) return undefined
        at = next
      }
    },
    check() {
      if (faults.size === 0) return
      const details = [...faults]
        .sort(([, a], [, b]) => (a.file < b.file ? -1 : a.file > b.file ? 1 : a.line - b.line))
        .map(([text]) => text)
      throw new MesocosmError({
        code: 'OPENAPI_INVALID',
        message: `${shownPath(path)} has ${faults.size === 1 ? 'a fault' : `${faults.size} faults`}`,
        details,
        remedy: 'correct the document; a stub answers only what it can check',
        facts: { file: path, faults: details },
      })
    },
  }
}

// ---

const shownKeys = (keys: readonly (string | number)[]): string => keys.join('.')

const unescaped = (part: string): string =>
  decoded(part).replaceAll('~1', '/').replaceAll('~0', '~')

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
