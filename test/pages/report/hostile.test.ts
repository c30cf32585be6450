import { expect, test } from 'vitest'
import { attacks, writeHostile } from '../../../packages/report/test/scene/hostile.ts'
import { chromiumPath, noChromium } from '../../lib/chromium.ts'
import { reportInBrowser } from './open-report.ts'

test.skipIf(chromiumPath === undefined)(
  `lines, mails, titles and spans that attack the page are texts (else skipped: ${noChromium})`,
  async () => {
    await using report = await reportInBrowser(writeHostile)
    const { page, requests } = await report.open()
    page.on('dialog', () => requests.push('a dialog'))
    const lines = page.getByLabel('Log lines', { exact: true }).getByRole('row')
    await lines.first().waitFor()
    expect((await lines.allTextContents()).join('\n')).toContain(attacks[0])
    for (const panel of ['Steps', 'Graph', 'Logs'])
      await page.getByRole('tab', { name: panel }).click()
    for (const row of await lines.all()) await row.click()
    await page.getByRole('tab', { name: 'Steps' }).click()
    const steps = page.getByLabel('Steps', { exact: true }).getByRole('row')
    for (const row of await steps.all()) {
      await row.click()
      const mail = page.locator('iframe.mail')
      if ((await mail.count()) > 0)
        await page.frameLocator('iframe.mail').getByText('shown').waitFor()
      expect(await page.evaluate('window.owned')).toBeUndefined()
    }
    for (const query of attacks) {
      await page.getByRole('searchbox').fill(query)
      await page.goto(
        `${page.url().split('#')[0]}#q=${encodeURIComponent(query)}&t=${encodeURIComponent(query)}&e=${encodeURIComponent(query)}`,
      )
    }
    await page.keyboard.press('Escape')
    expect(await page.evaluate('window.owned')).toBeUndefined()
    expect(page.frames().map((frame) => frame.url())).not.toContainEqual(
      expect.stringContaining('elsewhere'),
    )
    expect(requests).toEqual([])
  },
)
