import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { writeShop } from '../../../packages/report/test/scene/shop.ts'
import { ids } from '../../../packages/report/test/scene/shop-tests.ts'
import { chromiumPath, faintTexts, noChromium } from '../../lib/chromium.ts'
import { type ReportInBrowser, reportInBrowser } from './open-report.ts'

const axe = readFileSync(
  createRequire(join(import.meta.dirname, '../../../packages/report/package.json')).resolve(
    'axe-core/axe.min.js',
  ),
  'utf8',
)

interface Violation {
  readonly id: string
  readonly impact: string
  readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[]
}

const views = {
  'a failed test': `t=${ids.delivery}`,
  'its steps and a change': `t=${ids.delivery}&p=steps`,
  'the graph': `t=${ids.delivery}&p=graph`,
  'the run': 'l=run',
  'a line': `t=${ids.delivery}&e=log:30`,
} as const

describe.skipIf(chromiumPath === undefined)(`report (else skipped: ${noChromium})`, () => {
  let report: ReportInBrowser
  beforeAll(async () => {
    report = await reportInBrowser(writeShop)
  })
  afterAll(() => report?.[Symbol.asyncDispose]())

  describe.each(['light', 'dark'] as const)('in %s colours', (colorScheme) => {
    test.each(Object.entries(views))(
      '%s has no serious fault for screen readers and keys',
      async (_, hash) => {
        const { page } = await report.open(hash, { colorScheme })
        await page.locator('.label.service').first().waitFor()
        await page.evaluate(axe)
        const { violations } = (await page.evaluate('axe.run()')) as {
          violations: readonly Violation[]
        }
        const serious = violations.filter(
          ({ impact }) => impact === 'serious' || impact === 'critical',
        )
        expect(
          serious.map(({ id, nodes }) => [id, nodes.map(({ html }) => html.slice(0, 200))]),
        ).toEqual([])
      },
    )

    test('texts can be read', async () => {
      const { page } = await report.open(`t=${ids.delivery}`, { colorScheme })
      await page.locator('.row.log').first().waitFor()
      expect(await faintTexts(page)).toEqual([])
    })
  })
})
