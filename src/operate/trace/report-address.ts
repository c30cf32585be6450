import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { AttemptReport } from '../../report/attempt/attempt-report.ts'

/**
 * Returns the address of an attempt in the report of its run, as an option of `attemptMarkdown`: empty if the folder has
 * no report.
 */
export const reportAddress = (
  folder: string,
  { test, start, attempts }: Pick<AttemptReport, 'test' | 'start' | 'attempts'>,
): { readonly report?: string } => {
  const file = join(folder, 'report.html')
  if (!existsSync(file)) return {}
  const [id = test] = test.split('#')
  const number = attempts.findIndex((one) => one.test === test && one.start === start) + 1
  const attempt = attempts.length > 1 ? `&a=${number}` : ''
  return { report: `${pathToFileURL(file).href}#t=${encodeURIComponent(id)}${attempt}` }
}
