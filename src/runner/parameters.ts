/**
 * Returns the names that the first parameter of a function takes by destructuring, as Vitest and Playwright read them:
 * `({ api, db: { url } }) => …` is `['api', 'db']`.
 */
export const destructured = (fn: unknown): string[] => {
  const text = headOf(fn)
  const start = text.indexOf('{')
  // `(page, { api })`: Vitest reads the first parameter of hooks.
  if (start === -1 || text.slice(text.indexOf('(') + 1, start).trim() !== '') return []
  const names: string[] = []
  let depth = 0
  let name = ''
  for (const letter of text.slice(start)) {
    if (letter === '}' && depth === 1) return [...names, name].map(keyOf).filter(Boolean)
    if (letter === ',' && depth === 1) {
      names.push(name)
      name = ''
    } else if (letter !== '{' || depth > 0) name += letter
    if ('{[('.includes(letter)) depth++
    if ('}])'.includes(letter)) depth--
  }
  return []
}

/** Returns which of these names the parameters of a function mention. */
export const mentioned = (fn: unknown, names: readonly string[]): string[] => {
  const words = new Set(headOf(fn).match(/[\p{ID_Continue}$-]+/gu) ?? [])
  return names.filter((name) => words.has(name))
}

// ---

/** The text of a function before its body. */
const headOf = (fn: unknown): string => {
  const text = String(fn).replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*/g, '')
  const end = text.search(/=>|\)\s*\{/)
  return end === -1 ? text : text.slice(0, end)
}

const keyOf = (text: string): string => /^\s*([^\s:=]+)/.exec(text)?.[1] ?? ''
