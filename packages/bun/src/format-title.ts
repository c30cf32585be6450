import { inspect } from 'node:util'

/** Returns the title of a test for one row of `test.each`, as Bun formats it: `%s`, `%d`, `%o`, `%#`, `$key`. */
export const formatTitle = (title: string, row: readonly unknown[], index: number): string => {
  let next = 0
  const named = title.replaceAll(/\$([\w.]+)/g, (whole, path: string) =>
    valueAt(row[0], path, whole),
  )
  return named.replaceAll(/%([sdifjop#%])/g, (whole, letter: string) => {
    if (letter === '%') return '%'
    if (letter === '#') return String(index)
    if (next >= row.length) return whole
    return textOf(row[next++], letter)
  })
}

// ---

const valueAt = (value: unknown, path: string, otherwise: string): string => {
  let found = value
  for (const key of path.split('.')) {
    if (typeof found !== 'object' || found === null || !(key in found)) return otherwise
    found = (found as Readonly<Record<string, unknown>>)[key]
  }
  return typeof found === 'string' ? found : inspect(found)
}

const textOf = (value: unknown, letter: string): string => {
  if (letter === 's') return String(value)
  if (letter === 'i') return String(Math.trunc(Number(value)))
  if (letter === 'd' || letter === 'f') return String(Number(value))
  return letter === 'j' ? (JSON.stringify(value) ?? 'undefined') : inspect(value)
}
