import { summarizeAttempt } from '../../../../../src/report/attempt/summarize-attempt.ts'
import { attemptMarkdown } from '../../../../../src/report/markdown.ts'
import type { Store } from '../store.ts'

/** Returns an attempt as markdown, the same as `mesocosm trace show --md` prints. */
export const agentMarkdown = ({ index, trace, logs }: Store, position: number): string => {
  if (index.value === undefined || trace.value === undefined || logs.value === undefined) return ''
  const run = { index: index.value, trace: trace.value, logs: logs.value }
  const report = summarizeAttempt(run, position)
  return report === undefined ? '' : attemptMarkdown(report, { report: location.href })
}
