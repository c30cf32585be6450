import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { writeShop } from '../../../packages/report/test/scene/shop.ts'
import { ids } from '../../../packages/report/test/scene/shop-tests.ts'
import { chromiumPath, noChromium } from '../../lib/chromium.ts'
import { type ReportInBrowser, reportInBrowser } from './open-report.ts'

const rows = (page: Page, name: string) => page.getByLabel(name, { exact: true }).getByRole('row')
const texts = (page: Page, name: string) => rows(page, name).allTextContents()
/** A busy machine takes longer than the second that a poll has else. */
const soon = <T>(read: () => T) => expect.poll(read, { timeout: 20_000 })
const search = (page: Page) => page.getByRole('searchbox', { name: 'Filter tests and lines' })
const details = (page: Page) => page.getByRole('complementary', { name: 'Details' })

describe.skipIf(chromiumPath === undefined)(
  `page of a report (else skipped: ${noChromium})`,
  () => {
    let report: ReportInBrowser
    beforeAll(async () => {
      report = await reportInBrowser(writeShop)
    })
    afterAll(() => report?.[Symbol.asyncDispose]())

    test('a report opens from its file at the first failure, and asks nothing of a network', async () => {
      const { page, faults, requests } = await report.open()
      await details(page).getByText('timed out after 2500 ms').first().waitFor()
      expect(await texts(page, 'Tests')).toContainEqual(
        expect.stringContaining('express orders are delivered at once'),
      )
      expect(page.url()).toContain(`#t=${ids.delivery}`)
      expect(faults).toEqual([])
      expect(requests).toEqual([])
    })

    test('the cause of a failure is two clicks away: the error of a service, and its stack trace', async () => {
      const { page } = await report.open()
      await details(page)
        .getByRole('button', { name: /TypeError/ })
        .click()
      await details(page).getByText('at planRoute (/app/routes.js:41:27)').waitFor()
      expect(page.url()).toMatch(/&e=log:\d+$/)
    })

    test('one field limits tests and lines', async () => {
      const { page } = await report.open(`t=${ids.delivery}`)
      await rows(page, 'Log lines').first().waitFor()
      await search(page).fill('s:failed')
      await soon(() => texts(page, 'Tests')).toHaveLength(2)
      await search(page).fill('svc:worker taken')
      await soon(() => texts(page, 'Log lines')).toEqual([
        expect.stringContaining('order 18 taken'),
      ])
      // Tests also fit by what services logged for them.
      await soon(() => texts(page, 'Tests')).toEqual([
        expect.stringContaining('delivery.test.ts'),
        expect.stringContaining('express orders'),
      ])
      await search(page).fill('!order lvl:err')
      await soon(() => texts(page, 'Log lines')).toEqual([expect.stringContaining('TypeError')])
      await search(page).fill('/(/')
      await page.getByText('/(/ is not a regular expression').waitFor()
    })

    test('a span of time that is dragged on the timeline limits the lines', async () => {
      const { page } = await report.open(`t=${ids.delivery}`)
      await rows(page, 'Log lines').first().waitFor()
      const all = (await texts(page, 'Log lines')).length
      const box = await page.getByRole('img', { name: /^Timeline of/ }).boundingBox()
      if (box === null) throw new Error('the timeline is not shown')
      const y = box.y + box.height - 8
      await page.mouse.move(box.x + box.width * 0.3, y)
      await page.mouse.down()
      await page.mouse.move(box.x + box.width * 0.36, y, { steps: 4 })
      await page.mouse.up()
      await page.getByText(/chosen, from/).waitFor()
      const shown = await texts(page, 'Log lines')
      expect(shown.length).toBeLessThan(all)
      expect(shown).toContainEqual(expect.stringContaining('TypeError'))
      expect(page.url()).toMatch(/&r=[\d.]+-[\d.]+/)
      await page.keyboard.press('Escape')
      await soon(() => texts(page, 'Log lines')).toHaveLength(all)
    })

    test('a link shows the same attempt, lines, panel and entry again', async () => {
      const { page } = await report.open(`t=${ids.delivery}&a=1&q=svc:worker`)
      await page.getByRole('button', { name: 'attempt 1', pressed: true }).waitFor()
      await rows(page, 'Log lines').filter({ hasText: 'order 17 taken' }).waitFor()
      await page.getByRole('tab', { name: 'Steps' }).click()
      await rows(page, 'Steps')
        .filter({ hasText: /env worker/ })
        .click()
      await details(page).getByText('standard').waitFor()
      const url = page.url()
      await page.goto('about:blank')
      await page.goto(url)
      await details(page).getByText('standard').waitFor()
      expect(await page.getByRole('tab', { name: 'Steps' }).getAttribute('aria-selected')).toBe(
        'true',
      )
      expect(await search(page).inputValue()).toBe('svc:worker')
    })

    test('going back shows the test before', async () => {
      const { page } = await report.open(`t=${ids.delivery}`)
      await rows(page, 'Tests').filter({ hasText: 'sends a welcome mail' }).click()
      await page.getByRole('heading', { name: 'sends a welcome mail' }).first().waitFor()
      await page.goBack()
      await page.getByRole('heading', { name: 'express orders' }).first().waitFor()
    })

    test('everything can be reached with keys', async () => {
      const { page, faults } = await report.open(`t=${ids.delivery}`)
      await rows(page, 'Log lines').first().waitFor()
      const heading = page.locator('.test-head')
      await page.keyboard.press('j')
      await heading.getByText('are stored as PDF').waitFor()
      await page.keyboard.press('k')
      await heading.getByText('express orders').waitFor()
      await page.keyboard.press('s')
      await page.keyboard.press('n')
      await page.keyboard.press('n')
      await details(page).getByRole('heading', { name: 'withEnv worker' }).waitFor()
      await page.keyboard.press('/')
      await page.keyboard.type('lvl:error')
      expect(await search(page).inputValue()).toBe('lvl:error')
      await page.keyboard.press('Escape')
      expect(await search(page).inputValue()).toBe('')
      await page.keyboard.press('Escape')
      await page.keyboard.press('l')
      // By Tab into the list of lines, and down in it.
      const list = page.getByLabel('Log lines', { exact: true })
      for (let presses = 0; presses < 40; presses++) {
        if ((await page.evaluate('document.activeElement.ariaLabel')) === 'Log lines') break
        await page.keyboard.press('Tab')
      }
      await page.keyboard.press('Home')
      await page.keyboard.press('ArrowDown')
      await soon(() => list.getAttribute('aria-activedescendant')).toBe('log-1')
      expect(await rows(page, 'Log lines').nth(1).getAttribute('aria-selected')).toBe('true')
      await page.keyboard.press('Escape')
      await page.keyboard.press('Escape')
      await page.getByRole('heading', { name: 'Whole run' }).waitFor()
      await page.keyboard.press('?')
      await page.getByRole('dialog', { name: 'Keys' }).waitFor()
      await page.keyboard.press('Escape')
      expect(await page.getByRole('dialog').count()).toBe(0)
      expect(faults).toEqual([])
    })

    test('a command shows its whole output, and how to run it again', async () => {
      const { page } = await report.open(`t=${ids.delivery}&p=steps`)
      await rows(page, 'Steps').filter({ hasText: 'exec api' }).click()
      await details(page).getByText('event 399').waitFor()
      await details(page).getByText("node cli.js show-order 18 '--format=a table'").waitFor()
      await details(page).getByRole('button', { name: 'docker exec' }).waitFor()
    })

    test('a mail is shown in a frame, as text and as source', async () => {
      const { page } = await report.open(`t=${ids.signUp}`)
      await details(page)
        .getByRole('button', { name: /mail to ann@example.test/ })
        .click()
      await page
        .frameLocator('iframe.mail')
        .getByRole('heading', { name: 'Welcome, Ann' })
        .waitFor()
      await details(page).getByRole('button', { name: 'Text', exact: true }).click()
      await details(page).getByText('welcome to the shop. Your first tea').waitFor()
      await details(page).getByText('terms.pdf').waitFor()
    })

    test('a plan shows its steps, their causes and what each one waited for', async () => {
      const { page } = await report.open(`t=${ids.signUp}&p=steps`)
      await rows(page, 'Steps').filter({ hasText: 'plan lane_1' }).first().click()
      await details(page).getByText('await ready').waitFor()
      expect(await details(page).getByText('env SIGNUP changed').count()).toBe(5)
      expect(await details(page).locator('.rails path').count()).toBe(4)
    })

    test('the graph lists what the suite never used', async () => {
      const { page } = await report.open(`t=${ids.delivery}&p=graph`)
      const worker = page.locator('.node').filter({ hasText: 'worker' })
      await soon(() => worker.locator('desc').textContent()).toBe('crashed')
      await page.getByRole('listitem').filter({ hasText: 'worker → pricing' }).waitFor()
      await page.getByRole('listitem').filter({ hasText: 'INVOICE_LOCALE' }).waitFor()
      await page.locator('.node').filter({ hasText: 'db' }).click()
      await page.getByRole('tab', { name: 'Logs' }).click()
      await soon(() => texts(page, 'Log lines')).toHaveLength(3)
      for (const line of await texts(page, 'Log lines')) expect(line).toContain('app_lane_2')
    })

    test('the markdown of a test for an agent names the error, the change and the stack', async () => {
      const { page } = await report.open(`t=${ids.delivery}`)
      await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
      await rows(page, 'Log lines').first().waitFor()
      await page.getByRole('button', { name: 'Copy for an agent' }).click()
      await page.getByText('Copied').waitFor()
      const copied = (await page.evaluate('navigator.clipboard.readText()')) as string
      for (const part of [
        'timed out after 2500 ms',
        'DELIVERY',
        'planRoute (/app/routes.js:41:27)',
      ])
        expect(copied).toContain(part)
    })

    test('lines of a stack trace are folded, and open with a click', async () => {
      const { page } = await report.open(`t=${ids.delivery}`)
      await rows(page, 'Log lines')
        .filter({ hasText: 'TypeError' })
        .getByRole('button', { name: '+4' })
        .click()
      await rows(page, 'Log lines').filter({ hasText: 'planRoute' }).waitFor()
    })

    test('the page fits into a narrow window', async () => {
      const { page } = await report.open(`t=${ids.delivery}`, {
        viewport: { width: 390, height: 800 },
      })
      await rows(page, 'Log lines').first().waitFor()
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390)
    })
  },
)
