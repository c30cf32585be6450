import type { AttemptReport } from './attempt/attempt-report.ts'
import { headOf } from './markdown/head.ts'
import { fitted } from './markdown/section.ts'
import { sectionsOf } from './markdown/sections.ts'

/** Options of {@link attemptMarkdown}. */
export interface MarkdownOptions {
  /** Number of lines to which what happened is cut, at least 100. Default 200. */
  readonly maxLines?: number
  /** Address of the report, which the head names. */
  readonly report?: string
}

/**
 * Returns an attempt of a test as markdown, for people and coding agents: what failed, the error-level lines of
 * services, what happened on one clock, changes of environments, commands, states, mails, slow spans, the last log
 * lines. What is left out, because it is too long, is named where it would be.
 */
export const attemptMarkdown = (
  report: AttemptReport,
  { maxLines = 200, report: address }: MarkdownOptions = {},
): string => {
  const head = headOf(report, address)
  const body = fitted(sectionsOf(report), Math.max(100, maxLines) - head.length)
  return `${[...head, ...body].join('\n').trimEnd()}\n`
}
