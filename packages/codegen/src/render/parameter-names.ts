/** Returns argument names as parameter names: valid identifiers, unique, not reserved. */
export const parameterNames = (names: readonly string[], taken: readonly string[]): string[] => {
  const used = new Set(taken)
  return names.map((name) => {
    const wanted = identifierOf(name)
    let free = wanted
    for (let n = 2; used.has(free); n++) free = `${wanted}${n}`
    used.add(free)
    return free
  })
}

// ---

const identifierOf = (name: string): string => {
  const [first = '', ...others] = name.split(/[^\p{ID_Continue}$]+/u).filter((word) => word !== '')
  const word = first + others.map((other) => other[0]?.toUpperCase() + other.slice(1)).join('')
  if (word === '') return 'value'
  return reserved.has(word) || !/^[\p{ID_Start}_$]/u.test(word) ? `_${word}` : word
}

/** Words that strict TypeScript rejects as parameter names. */
const reserved = new Set(
  `arguments as async await break case catch class const continue debugger default delete do else enum eval export
  extends false finally for function if implements import in instanceof interface let new null package private
  protected public return static super switch this throw true try typeof var void while with yield`.split(
    /\s+/,
  ),
)
