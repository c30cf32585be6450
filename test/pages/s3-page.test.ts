import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import {
  GetObjectCommand,
  ListObjectsV2Command,
  PutBucketVersioningCommand,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  accessKeyId,
  startTestServer,
  type TestServer,
} from '../../packages/s3-mock/test/server.ts'
import { bundlePage } from '../../scripts/bundle-page.ts'
import {
  chromiumPath,
  faintTexts,
  noChromium,
  openChromium,
  type TestBrowser,
} from '../lib/chromium.ts'

describe.skipIf(chromiumPath === undefined)(`S3 page (else skipped: ${noChromium})`, () => {
  let browser: TestBrowser
  let server: TestServer
  let client: S3Client
  let home: string
  const undo = new AsyncDisposableStack()
  beforeAll(async () => {
    browser = undo.use(await openChromium())
    const page = await bundlePage('packages/s3-mock/src/server/page')
    const buckets = ['invoices', 'many', 'uploads', 'hostile']
    server = undo.use(await startTestServer({ buckets }, { page }))
    client = server.client()
    home = `${server.url}/_mesocosm/`
  })
  afterAll(() => undo.disposeAsync())

  const put = (Bucket: string, Key: string, Body = 'x', more = {}) =>
    client.send(new PutObjectCommand({ Bucket, Key, Body, ...more }))
  const keysOf = async (Bucket: string) =>
    ((await client.send(new ListObjectsV2Command({ Bucket }))).Contents ?? []).map(({ Key }) => Key)

  test('folders, objects, details, versions and previews are shown, and objects deleted', async () => {
    await client.send(
      new PutBucketVersioningCommand({
        Bucket: 'invoices',
        VersioningConfiguration: { Status: 'Enabled' },
      }),
    )
    const json = { ContentType: 'application/json', Metadata: { customer: 'ann' }, Tagging: 'a=b' }
    await put('invoices', '2026/01/one & two+ü.json', '{"old":true}')
    await put('invoices', '2026/01/one & two+ü.json', '{"total":12}', json)
    const { page, faults } = await browser.open()
    await page.goto(server.url)
    expect(page.url()).toBe(home)
    for (const name of ['invoices', '2026/', '01/', 'one & two+ü.json'])
      await page.getByRole('link', { name, exact: true }).first().click()
    await page.getByText('"total": 12').waitFor()
    await page.getByRole('tab', { name: 'Details' }).click()
    expect(await page.locator('.pairs', { hasText: 'Metadata' }).innerText()).toContain('ann')
    await page.locator('.pairs', { hasText: 'Tags' }).waitFor()
    await page.getByRole('tab', { name: 'Versions' }).click()
    await page
      .getByRole('button', { name: /^Show version/ })
      .nth(1)
      .click()
    await page.getByText('{"old":true}').waitFor()
    const saved = page.waitForEvent('download')
    await page.getByRole('link', { name: /^Save/ }).click()
    expect((await saved).suggestedFilename()).toBe('one & two+ü.json')
    await page.getByRole('button', { name: 'Delete', exact: true }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
    await page.getByText('No object starts with this').waitFor()
    expect(await keysOf('invoices')).toEqual([])
    expect(faults).toEqual([])
  })

  test('a long list comes in pages, and a search finds names by their beginning', async () => {
    for (let count = 0; count < 250; count += 1) await put('many', `key-${1000 + count}`)
    const { page, faults } = await browser.open()
    await page.goto(`${home}#bucket=many`)
    await page.getByText('key-1199').waitFor()
    expect(await page.getByText('key-1249').count()).toBe(0)
    await page.getByRole('button', { name: 'Show more' }).click()
    await page.getByText('key-1249').waitFor()
    await page.keyboard.press('/')
    await page.keyboard.type('key-124')
    await expect.poll(() => page.locator('tbody tr').count()).toBe(10)
    await put('many', 'key-124-new')
    await page.getByText('key-124-new').waitFor()
    expect(faults).toEqual([])
  })

  test('files are uploaded with the button and by drag and drop', async () => {
    const { page, faults } = await browser.open()
    await page.goto(`${home}#bucket=uploads&prefix=in%2F`)
    await page.getByText('Drop files here').waitFor()
    const file = { name: 'a b.txt', mimeType: 'text/plain', buffer: Buffer.from('hello') }
    await page.getByLabel('Files to upload').setInputFiles(file)
    await page.getByRole('link', { name: 'a b.txt' }).waitFor()
    // A string, because the types of pages are not those of tests.
    await page.evaluate(`(() => {
      const dataTransfer = new DataTransfer()
      dataTransfer.items.add(new File(['dropped'], 'dropped.txt', { type: 'text/plain' }))
      for (const type of ['dragover', 'drop'])
        document.getElementById('drop').dispatchEvent(new DragEvent(type, { dataTransfer, bubbles: true }))
    })()`)
    await page.getByRole('link', { name: 'dropped.txt' }).waitFor()
    expect(await keysOf('uploads')).toEqual(['in/a b.txt', 'in/dropped.txt'])
    expect(faults).toEqual([])
  })

  test('hostile names and objects run nothing in the page', async () => {
    const run = 'top.document.title="bad"'
    const name = `<img src=x onerror='${run}'>.html`
    await put('hostile', name, `<script>${run}</script>`, {
      ContentType: 'text/html',
      Metadata: { a: `<script>${run}</script>` },
      Tagging: 'k=javascript:x',
    })
    await put('hostile', 'x.svg', `<svg xmlns="http://www.w3.org/2000/svg" onload='${run}'/>`, {
      ContentType: 'image/svg+xml',
    })
    const { page } = await browser.open()
    await page.goto(`${home}#bucket=hostile`)
    await page.getByRole('link', { name }).click()
    await page.locator('pre').waitFor()
    for (const tab of ['Details', 'Versions', 'Preview'])
      await page.getByRole('tab', { name: tab }).click()
    await page.getByRole('link', { name: 'x.svg' }).click()
    await page.locator('img.picture').waitFor()
    expect(await page.title()).toBe('hostile – S3')
  })

  test('a page in an object, or in another site, cannot use the rights of the page', async () => {
    const steal = `<script>
      const urls = ['/_mesocosm/s3/${accessKeyId}/hostile/secret', '/_mesocosm/accounts']
      Promise.all(urls.map((url) => fetch(new URL(url, '${server.url}')).then((a) => a.text(), () => 'refused')))
        .then(async (found) => {
          for (const method of ['POST', 'DELETE'])
            await fetch('${server.url}/_mesocosm/keys/${accessKeyId}', { method, mode: method === 'POST' ? 'no-cors' : 'cors' }).catch(() => {})
          document.title = JSON.stringify(found)
        })</script>
      <iframe src="${home}"></iframe>`
    await put('hostile', 'secret', 'the secret')
    await put('hostile', 'thief.html', steal, { ContentType: 'text/html' })
    const command = new GetObjectCommand({ Bucket: 'hostile', Key: 'thief.html' })
    const elsewhere = createServer((_, response) =>
      response.writeHead(200, { 'content-type': 'text/html' }).end(steal),
    )
    elsewhere.listen(0, '127.0.0.1')
    await once(elsewhere, 'listening')
    await using _ = { [Symbol.asyncDispose]: async () => void elsewhere.close() }
    const { port } = elsewhere.address() as AddressInfo
    for (const url of [await getSignedUrl(client, command), `http://localhost:${port}/`]) {
      const { page } = await browser.open()
      await page.goto(url)
      await expect.poll(() => page.title()).toBe('["refused","refused"]')
      expect(await keysOf('hostile')).toContain('secret')
    }
  })

  test('each access key shows its own buckets', async () => {
    const page = await bundlePage('packages/s3-mock/src/server/page')
    await using other = await startTestServer({ accounts: ['guest'] }, { page })
    const { page: tab } = await browser.open()
    await tab.goto(other.url)
    await tab.getByRole('link', { name: 'bucket' }).first().waitFor()
    await tab.getByLabel('Access key').selectOption(`${accessKeyId}-guest`)
    await tab.getByText('No buckets yet').waitFor()
    await tab.getByLabel('Access key').selectOption(accessKeyId)
    await tab.getByText('This bucket is empty').waitFor()
  })

  test.each(['light', 'dark'] as const)('texts can be read in %s colours', async (theme) => {
    await put('hostile', 'folder/a.txt', 'text', { ContentType: 'text/plain' })
    const { page } = await browser.open({ colorScheme: theme })
    await page.goto(`${home}#bucket=hostile&key=folder%2Fa.txt`)
    await page.locator('pre').waitFor()
    expect(await faintTexts(page)).toEqual([])
  })

  test('the page fits on a phone', async () => {
    await put('hostile', `folder/${'long'.repeat(60)}.txt`)
    const { page } = await browser.open({ viewport: { width: 360, height: 640 }, isMobile: true })
    await page.goto(`${home}#bucket=hostile&prefix=folder%2F`)
    await page.getByRole('link', { name: /^long/ }).click()
    await page.locator('pre').waitFor()
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360)
    await page.getByRole('button', { name: 'Close' }).click()
    await page.locator('table').waitFor()
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360)
  })
})
