import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

/** A test in the report of its run. */
export interface ReportedTest {
  /** Folder of the run's record. */
  readonly folder: string
  /** Id of the test. */
  readonly id: string
  /** Number of earlier attempts. */
  readonly retry: number
}

/** Returns the link to an attempt of a test in the report, which is written when the run ends. */
export const reportLink = ({ folder, id, retry }: ReportedTest): string =>
  `${pathToFileURL(join(folder, 'report.html')).href}#t=${encodeURIComponent(id)}&a=${retry + 1}`
