import type { Path } from '../graph/references.ts'

/** One thing wrong with a topology. */
export interface Fault {
  /** From the topology down: `['services', 'api', 'env', 'URL']`. */
  readonly path: Path
  /** What is wrong there, without a full stop. */
  readonly text: string
  /** What to do about it, where the text does not say so already. */
  readonly remedy?: string
}

/** `services.api.files[0].to: must be an absolute path` */
export const printFault = ({ path, text }: Fault): string => `${printPath(path)}: ${text}`

/** The fault of a value inside a service. */
export const faultAt = (service: string, at: Path, text: string, remedy?: string): Fault => ({
  path: ['services', service, ...at],
  text,
  ...(remedy === undefined ? {} : { remedy }),
})

/** `"a", "b" and 3 more` */
export const listed = (names: readonly string[], most = 12): string =>
  names.length <= most
    ? names.join(', ')
    : `${names.slice(0, most).join(', ')} and ${names.length - most} more`

// ---

const printPath = (path: Path): string => {
  const text = path.map((key, index) => {
    if (typeof key === 'number') return `[${key}]`
    if (!/^[\w-]+$/.test(key)) return `[${JSON.stringify(key)}]`
    return index === 0 ? key : `.${key}`
  })
  return text.join('') || 'topology'
}
