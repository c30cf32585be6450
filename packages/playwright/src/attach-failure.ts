import type { TestInfo } from '@playwright/test'
import type { TestAttempt } from 'mesocosm/runner'

/** Attaches what explains a failure, with the link to the report of the run, to the test in Playwright's reports. */
export const attachFailure = (
  { attachments }: Pick<TestInfo, 'attachments'>,
  { failure }: Pick<TestAttempt<never>, 'failure'>,
): void => {
  if (failure === undefined) return
  const { link, markdown } = failure
  attachments.push({
    name: 'mesocosm.md',
    contentType: 'text/markdown',
    body: Buffer.from(markdown),
  })
  if (link !== undefined)
    attachments.push({
      name: 'mesocosm trace',
      contentType: 'text/uri-list',
      body: Buffer.from(`${link}\n`),
    })
}
