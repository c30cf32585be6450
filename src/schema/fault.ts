import type { Path } from '../graph/references.ts'

/** One thing that is wrong with a topology. */
export interface Fault {
  /** Keys and array indices from the topology down: `['services', 'api', 'env', 'URL']`. */
  readonly path: Path
  /** What is wrong there: lower case, no full stop. */
  readonly text: string
  /** What to do about it, if `text` does not say so. */
  readonly remedy?: string
}

/** Returns a fault as one line: `services.api.files[0].to: must be an absolute path`. */
export const printFault = ({ path, text }: Fault): string => `${printPath(path)}: ${text}`

/** Returns the fault of a value inside a service. */
export const faultAt = (service: string, at: Path, text: string, remedy?: string): Fault => ({
  path: ['services', service, ...at],
  text,
  ...(remedy === undefined ? {} : { remedy }),
})

/** Returns names as text: `a, b and 3 more`. */
export const listed = (names: readonly string[], most = 12): string =>
  names.length <= most
    ? names.join(', ')
    : `${names.slice(0, most).join(', ')} and ${names.length - most} more`

/** Returns a cycle as text: `api → web → api`, without the middle of a long one. */
export const listedRound = (round: readonly string[], most = 12): string => {
  const left = round.length - most
  const shown =
    left <= 0
      ? round
      : [...round.slice(0, most / 2), `${left} more`, ...round.slice(round.length - most / 2)]
  return shown.join(' → ')
}

// ---

const printPath = (path: Path): string => {
  const text = path.map((key, index) => {
    if (typeof key === 'number') return `[${key}]`
    if (!/^[\w-]+$/.test(key)) return `[${JSON.stringify(key)}]`
    return index === 0 ? key : `.${key}`
  })
  return text.join('') || 'topology'
}
