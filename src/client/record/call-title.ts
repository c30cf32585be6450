import { inspect } from 'node:util'
import { isKeyed } from '../../model/value-kind.ts'

/** A call as a title shows it: `api.withEnv({ SIGNUP: 'open' })`, `lane.start('api')`. */
export interface TitledCall {
  readonly method: string
  readonly service?: string | undefined
  /** As the record shows them, without secrets. */
  readonly args: readonly unknown[]
}

/** Returns the title of a call in one line, cut if it is long, without its limits of time. */
export const callTitle = ({ method, service, args }: TitledCall): string => {
  const text = args.map(withoutLimits).filter(isShown).map(shownValue).join(', ')
  const shown = text.length > longest ? `${text.slice(0, longest)}…` : text
  return `${service === undefined ? '' : `${service}.`}${method}(${shown})`
}

// ---

/** Characters of all arguments; a report shows titles in one line. */
const longest = 80

/** How long a call may take says nothing about what it does. */
const withoutLimits = (value: unknown): unknown => {
  if (!isKeyed(value) || !('timeoutMs' in value)) return value
  const { timeoutMs: _, ...rest } = value
  return Object.keys(rest).length === 0 ? undefined : rest
}

const isShown = (value: unknown): boolean => value !== undefined

const shownValue = (value: unknown): string =>
  inspect(value, { compact: true, breakLength: Number.POSITIVE_INFINITY, depth: 3 }).replaceAll(
    /\s+/g,
    ' ',
  )
