/** A field of a body: returns its value, or adds what is wrong with it to the faults. */
export type Field<T> = (value: unknown, at: string, faults: string[]) => T | undefined

/** A value that may be missing, per field. */
export type Body<Fields extends Readonly<Record<string, Field<unknown>>>> = {
  readonly [F in keyof Fields]?: Fields[F] extends Field<infer T> ? T : never
}

/**
 * Returns a body with the given fields. Names are compared in any case of letters, and `null` is a missing value, as Go's
 * decoder does it, for which clients of Mailpit are written.
 *
 * @throws {RangeError} with all faults: keys that are not known, values of another type.
 */
export const readBody = <const F extends Readonly<Record<string, Field<unknown>>>>(
  body: unknown,
  fields: F,
): Body<F> => {
  const faults: string[] = []
  const read = object(fields)(body, '', faults)
  if (faults.length > 0) throw new RangeError(faults.join('; '))
  return read ?? {}
}

/** An object with these fields and no others. */
export const object =
  <const F extends Readonly<Record<string, Field<unknown>>>>(fields: F): Field<Body<F>> =>
  (value, at, faults) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      return wrong(at, 'an object', faults)
    const names = new Map(Object.keys(fields).map((name) => [name.toLowerCase(), name]))
    const read: Record<string, unknown> = {}
    for (const [key, given] of Object.entries(value)) {
      const name = names.get(key.toLowerCase())
      const path = at === '' ? key : `${at}.${key}`
      if (name === undefined)
        faults.push(`unknown key "${path}"; known are ${Object.keys(fields).join(', ')}`)
      else if (given !== null) read[name] = fields[name]?.(given, path, faults)
    }
    return read as Body<F>
  }

/** An array of values of one kind. */
export const list =
  <T>(of: Field<T>): Field<readonly T[]> =>
  (value, at, faults) =>
    Array.isArray(value)
      ? value.flatMap((one, index) => of(one, `${at}[${index}]`, faults) ?? [])
      : wrong(at, 'an array', faults)

/** An object of strings with any keys. */
export const strings: Field<Readonly<Record<string, string>>> = (value, at, faults) => {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return wrong(at, 'an object', faults)
  for (const [key, one] of Object.entries(value)) text(one, `${at}.${key}`, faults)
  return value as Readonly<Record<string, string>>
}

/** A string. */
export const text: Field<string> = (value, at, faults) =>
  typeof value === 'string' ? value : wrong(at, 'a string', faults)

/** `true` or `false`. */
export const flag: Field<boolean> = (value, at, faults) =>
  typeof value === 'boolean' ? value : wrong(at, 'true or false', faults)

/** An integer. */
export const integer: Field<number> = (value, at, faults) =>
  Number.isSafeInteger(value) ? (value as number) : wrong(at, 'an integer', faults)

// ---

const wrong = (at: string, wanted: string, faults: string[]): undefined => {
  faults.push(`${at === '' ? 'the body' : `"${at}"`} must be ${wanted}`)
  return undefined
}
