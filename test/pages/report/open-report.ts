import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { BrowserContextOptions, Page } from 'playwright-core'
import { writeReport } from '../../../src/report/write/write-report.ts'
import { openChromium } from '../../lib/chromium.ts'

/** A page with a report. */
export interface OpenReport {
  readonly page: Page
  /** Errors that the page logged. */
  readonly faults: string[]
  /** Addresses that were asked for, without the page's own file and what its policy refused. */
  readonly requests: string[]
}

/** The report of a run, for a browser. */
export interface ReportInBrowser extends AsyncDisposable {
  open(hash?: string, options?: BrowserContextOptions): Promise<OpenReport>
}

/** Writes the record of a run and its report, and opens it from its file. */
export const reportInBrowser = async (
  writeRun: (folder: string) => void,
): Promise<ReportInBrowser> => {
  const home = mkdtempSync(join(tmpdir(), 'report-page-'))
  const folder = join(home, 'run')
  mkdirSync(folder)
  writeRun(folder)
  const { path } = await writeReport(folder)
  const browser = await openChromium()
  return {
    async open(hash = '', options = {}) {
      const { page, faults } = await browser.open({
        viewport: { width: 1440, height: 900 },
        ...options,
      })
      const requests: string[] = []
      const note = (url: string) => /^(?:file|data|blob|about):/.test(url) || requests.push(url)
      page.on('requestfinished', (request) => note(request.url()))
      page.on('requestfailed', (request) => {
        // Refused by the policy before anything was sent.
        if (request.failure()?.errorText !== 'csp') note(request.url())
      })
      await page.goto(`file://${path}${hash === '' ? '' : `#${hash}`}`)
      return { page, faults, requests }
    },
    async [Symbol.asyncDispose]() {
      await browser[Symbol.asyncDispose]()
      rmSync(home, { recursive: true, force: true })
    },
  }
}
