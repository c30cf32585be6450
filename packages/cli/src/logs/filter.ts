import type { LineFilter } from 'mesocosm/operate'
import { UsageError } from '../command.ts'

/** Options of `logs` that limit the lines. */
export interface FilterOptions {
  readonly since?: string | undefined
  readonly grep?: readonly string[] | undefined
  readonly level?: string | undefined
}

/**
 * Returns the filter that options ask for.
 *
 * @param now milliseconds since 1970, from which durations count.
 * @throws {UsageError}
 */
export const filterOf = ({ since, grep = [], level }: FilterOptions, now: number): LineFilter => ({
  ...(since === undefined ? {} : { since: timeOf(since, now) }),
  ...(grep.length === 0 ? {} : { grep: grep.map(patternOf) }),
  ...(level === undefined ? {} : { level: levelOf(level) }),
})

// ---

const unitMs = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const

const timeOf = (text: string, now: number): number => {
  const [, count, unit] = /^(\d{1,6})([smhd])$/.exec(text) ?? []
  if (count !== undefined) return now - Number(count) * unitMs[unit as keyof typeof unitMs]
  // As `logs --json` prints times.
  if (/^\d{13}(\.\d+)?$/.test(text)) return Number(text)
  const time = /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text) : Number.NaN
  if (!Number.isNaN(time)) return time
  throw new UsageError(
    `--since must be a duration such as 30s, 10m or 2h, or a date as in ISO 8601, not "${text}"`,
  )
}

const patternOf = (text: string): string | RegExp => {
  const [, source, flags = ''] = /^\/(.+)\/([imsu]*)$/s.exec(text) ?? []
  if (source === undefined) return text
  try {
    return new RegExp(source, flags)
  } catch (error) {
    throw new UsageError(`--grep: ${error instanceof Error ? error.message : String(error)}`)
  }
}

const levels = ['error', 'warn', 'info', 'debug'] as const

const levelOf = (text: string): (typeof levels)[number] => {
  const level = levels.find((one) => one === text)
  if (level !== undefined) return level
  throw new UsageError(`--level must be one of ${levels.join(', ')}, not "${text}"`)
}
