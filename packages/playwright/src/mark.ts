import type { TestInfo } from '@playwright/test'
import type { TestResult } from '@playwright/test/reporter'

/**
 * The mark of an attempt that its worker records, for the reporter in the main process. It is an attachment, which
 * arrives also from a worker that is killed; Playwright's reports hide those whose name begins with an underscore.
 */
const name = '_mesocosm'

/** Marks the attempt; `root` is the folder of its topology. */
export const mark = ({ attachments }: Pick<TestInfo, 'attachments'>, root: string): void =>
  void attachments.push({ name, contentType: 'text/plain', body: Buffer.from(root) })

/** Returns the folder of the topology that recorded the attempt. */
export const markOf = ({ attachments }: Pick<TestResult, 'attachments'>): string | undefined =>
  attachments.find((attachment) => attachment.name === name)?.body?.toString()
