import { type Refusal, refusable, refuse } from '../http/refusal.ts'
import type { Json, JsonObject } from './json.ts'

/** Deepest nesting of arrays and objects. A create request needs 6. */
export const maxDepth = 16

/** Longest body in bytes. */
export const maxJsonBytes = 4 * 1024 * 1024

/**
 * Reads a JSON body that every reader reads in the same way. Refused are repeated keys, more than one value, text that is
 * not UTF-8, lone surrogates, NUL characters, integers that are not exact, and input that is too deep or too long.
 */
export const readJson = (
  bytes: Uint8Array,
): { readonly json: Json } | { readonly refuse: Refusal } =>
  refusable(() => {
    if (bytes.length > maxJsonBytes) refuse(413, `the body is longer than ${maxJsonBytes} bytes`)
    return { json: new Reader(decode(bytes)).readAll() }
  })

// ---

const decode = (bytes: Uint8Array): string => {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return refuse(400, 'the body is not UTF-8')
  }
}

const space = /[ \t\n\r]*/y
const word = /true|false|null/y
const number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y
class Reader {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  readAll(): Json {
    const value = this.#readValue(0)
    this.#match(space)
    if (this.#at !== this.#text.length) this.#fail('more follows the value')
    return value
  }

  #readValue(depth: number): Json {
    if (depth > maxDepth) this.#fail(`it is nested deeper than ${maxDepth} levels`)
    this.#match(space)
    switch (this.#text[this.#at]) {
      case '{':
        return this.#readObject(depth)
      case '[':
        return this.#readList(depth)
      case '"':
        return this.#readString()
      default:
        return this.#readWordOrNumber()
    }
  }

  #readObject(depth: number): JsonObject {
    const object = new Map<string, Json>()
    this.#at++
    if (this.#take('}')) return object
    do {
      this.#match(space)
      const key = this.#readString()
      if (object.has(key)) this.#fail(`the key ${JSON.stringify(key)} is repeated`)
      if (!this.#take(':')) this.#fail('a colon is missing')
      object.set(key, this.#readValue(depth + 1))
    } while (this.#take(','))
    if (!this.#take('}')) this.#fail('an object does not end')
    return object
  }

  #readList(depth: number): readonly Json[] {
    const list: Json[] = []
    this.#at++
    if (this.#take(']')) return list
    do list.push(this.#readValue(depth + 1))
    while (this.#take(','))
    if (!this.#take(']')) this.#fail('an array does not end')
    return list
  }

  #readString(): string {
    const text = parseString(this.#takeString())
    if (text === undefined) return this.#fail('a string is malformed')
    if (!text.isWellFormed()) this.#fail('a string has half of a surrogate pair')
    if (text.includes('\0')) this.#fail('a string has a NUL character')
    return text
  }

  /** Returns the text of a string with its quotes, escapes unread. */
  #takeString(): string {
    const from = this.#at
    if (this.#text[from] !== '"') this.#fail('a string is missing')
    for (let at = from + 1; at < this.#text.length; at++) {
      if (this.#text[at] === '\\') at++
      else if (this.#text[at] === '"') {
        this.#at = at + 1
        return this.#text.slice(from, at + 1)
      }
    }
    return this.#fail('a string does not end')
  }

  #readWordOrNumber(): null | boolean | number {
    const found = this.#match(word)
    if (found === 'null') return null
    if (found !== undefined) return found === 'true'
    const raw = this.#match(number) ?? this.#fail('a value is missing or malformed')
    const value = Number(raw)
    const exact = /[.eE]/.test(raw) ? Number.isFinite(value) : Number.isSafeInteger(value)
    return exact ? value : this.#fail('a number is too large')
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at
    const [found] = pattern.exec(this.#text) ?? []
    this.#at += found?.length ?? 0
    return found
  }

  #take(character: string): boolean {
    this.#match(space)
    if (this.#text[this.#at] !== character) return false
    this.#at++
    return true
  }

  #fail(why: string): never {
    return refuse(400, `the body is not strict JSON: ${why} (at character ${this.#at})`)
  }
}

/** Control characters and unknown escapes are left to the strict reader of the language. */
const parseString = (raw: string): string | undefined => {
  try {
    return JSON.parse(raw)
  } catch {
    return undefined
  }
}
