import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { serveReport } from '../../../src/report/serve/serve-report.ts'
import { beginTestRun, type TestRun } from '../../../src/report/test-run.ts'
import { writeReport } from '../../../src/report/write/write-report.ts'
import { chromiumPath, noChromium, openChromium, type TestBrowser } from '../../lib/chromium.ts'

/*
 * Where the page of a report gets its data from: itself, files next to it, a server. What it shows is tested in
 * `report-page.test.ts`.
 */

const start = 1_790_000_000_000

describe.skipIf(chromiumPath === undefined)(
  `data of a report (else skipped: ${noChromium})`,
  () => {
    let root: string
    let run: TestRun
    let browser: TestBrowser

    beforeAll(async () => {
      root = mkdtempSync(join(tmpdir(), 'mesocosm-page-'))
      run = beginTestRun(root)
      run.test({
        id: 'sells',
        status: 'failed',
        error: 'sold out',
        lane: 'lane_1',
        start,
        end: start + 50,
      })
      run.log('lane_1', 'api', [[start + 10, 'ERROR no stock of 17', 1, 0]])
      browser = await openChromium()
    })
    afterAll(async () => {
      await browser?.[Symbol.asyncDispose]()
      run[Symbol.dispose]()
      rmSync(root, { recursive: true })
    })

    test.each([
      ['one file', 64 * 1024 * 1024],
      ['files next to the page', 0],
    ])('a page shows tests and lines from %s, without a server', async (_, wholeBytes) => {
      const { path } = await writeReport(run.folder, { wholeBytes })
      const { page, faults } = await browser.open()
      await page.goto(pathToFileURL(path).href)
      await page.getByText('sells').first().waitFor()
      await page.getByText('ERROR no stock of 17').first().waitFor()
      expect(faults).toEqual([])
    })

    test('a page that is served shows what comes while it is open', async () => {
      await using served = await serveReport(run.folder, { everyMs: 20 })
      const { page, faults } = await browser.open()
      await page.goto(served.url)
      await page.getByText('sells').first().waitFor()
      run.test({ id: 'ships', lane: 'lane_1', start: start + 100, end: start + 150 })
      run.log('lane_1', 'worker', [[start + 120, 'parcel 4711 is on its way', 1, 0]])
      await page.getByText('ships').first().waitFor()
      await page.getByText('parcel 4711 is on its way').first().waitFor()
      expect(faults).toEqual([])
    })
  },
)
