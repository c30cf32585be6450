import { isMesocosmError } from 'mesocosm'
import { UsageError } from './command.ts'
import type { JsonError } from './json.ts'

/** Returns whether a command was asked for JSON. */
export const wantsJson = (args: readonly string[]): boolean => {
  const end = args.indexOf('--')
  return (end === -1 ? args : args.slice(0, end)).includes('--json')
}

/** Returns an error as one line of JSON, without the line feed. */
export const errorLine = (error: unknown): string => JSON.stringify({ error: jsonError(error) })

// ---

const jsonError = (error: unknown): JsonError => {
  if (isMesocosmError(error)) {
    const { code, summary, remedy, details, facts, lastLogs } = error
    return {
      code,
      message: summary,
      ...(remedy === undefined ? {} : { remedy }),
      ...(details.length === 0 ? {} : { details }),
      ...(lastLogs.length === 0 ? {} : { lastLogs }),
      facts,
    }
  }
  if (error instanceof UsageError) return { code: 'USAGE', message: error.message, facts: {} }
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error)
  return { code: 'UNKNOWN', message, facts: {} }
}
