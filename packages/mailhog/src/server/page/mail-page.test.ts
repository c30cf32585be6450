import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { bundlePage } from '../../../../../scripts/bundle-page.ts'
import type { PageFiles } from '../../../../../servers/page/page-files.ts'
import { sender } from '../../../test/mail-fixture.ts'
import { type MailServer, startMailServer } from '../mail-server.ts'

let files: PageFiles
let server: MailServer
let mailer: ReturnType<typeof sender>
beforeAll(async () => {
  files = await bundlePage('packages/mailhog/src/server/page')
  const smtpUrl = 'smtp://<mail>&"x"'
  const ports = { host: '127.0.0.1', smtpPort: 0, httpPort: 0 }
  server = await startMailServer({ ...ports, page: files, smtpUrl })
  mailer = sender(server.smtpPort)
})
afterAll(async () => {
  mailer.end()
  await server.close()
})

const get = (path: string, init: RequestInit = {}) =>
  fetch(`http://127.0.0.1:${server.httpPort}${path}`, init)
const latest = async () => {
  const { messages } = (await (await get('/api/v1/messages')).json()) as {
    readonly messages: readonly { readonly ID: string }[]
  }
  return messages[0]?.ID ?? ''
}

test('all files of the page are together below 30 KB, compressed', () => {
  const sizes = Object.values(files).map(({ text }) => gzipSync(text).length)
  expect(sizes.reduce((sum, size) => sum + size)).toBeLessThan(30_000)
})

test('the page names files that exist, and runs nothing but its script', async () => {
  const answer = await get('/')
  expect(answer.headers.get('content-security-policy')).toMatch(
    /^default-src 'none'; script-src 'self'; .*frame-ancestors 'none'/,
  )
  const html = await answer.text()
  expect(html).toContain('data-smtp="smtp://&#60;mail&#62;&#38;&#34;x&#34;"')
  const named = [...html.matchAll(/(?:src|href)="(\/page\/[^"]+)"/g)].map(([, path]) => path)
  expect(new Set(named).size).toBe(3)
  for (const path of named) expect((await get(path ?? '')).status).toBe(200)
  expect(html).not.toMatch(/<style|<script(?! src)|\son\w+=|\sstyle=/)
  expect(await (await get('/view/abc')).text()).toBe(html)
})

test('a browser that has a file gets 304, and one that reads gzip gets less', async () => {
  const first = await get('/page/app.js')
  expect(first.headers.get('content-encoding')).toBe('gzip')
  expect(await first.text()).toBe(files['app.js']?.text)
  const etag = first.headers.get('etag') ?? ''
  const again = await get('/page/app.js', { headers: { 'if-none-match': etag } })
  expect([again.status, await again.text()]).toEqual([304, ''])
  const plain = await get('/page/app.js', { headers: { 'accept-encoding': 'identity' } })
  expect(plain.headers.get('content-encoding')).toBeNull()
  const head = await get('/', { method: 'HEAD' })
  expect([head.status, await head.text()]).toEqual([200, ''])
})

test.each([
  '/page/none',
  '/page/',
  '/page/__proto__',
  '/page/html/none',
  '/page/part/none/2',
  '/page/../main.ts',
  '/view/a.b',
  '/index.html',
])('%s is not found', async (path) => {
  expect((await get(path)).status).toBe(404)
})

test("the page's paths answer nothing but GET and HEAD", async () => {
  for (const method of ['POST', 'PUT', 'DELETE']) {
    const answer = await get('/', { method })
    expect([method, answer.status]).toEqual([method, 404])
  }
})

test('pictures of a mail are in its framed HTML, and what connects in advance is not', async () => {
  const picture = Buffer.from('picture')
  await mailer.send({
    subject: 'framed',
    html: `<!DOCTYPE html><LINK rel=preconnect href=//a.test><meta\thttp-equiv=refresh content=0>
      <iframe srcdoc="x" src=//a.test></iframe><linkage><img src="cid:one%40x"><img src="cid:two"><img src="cid:none">`,
    attachments: [
      { filename: 'a.png', content: picture, cid: 'one@x' },
      { filename: 'a.html', content: 'x', cid: 'two' },
    ],
  })
  const answer = await get(`/page/html/${await latest()}`)
  const policy = answer.headers.get('content-security-policy') ?? ''
  expect(policy).toContain('sandbox allow-popups')
  expect(policy).toMatch(/img-src data:;/)
  const html = await answer.text()
  expect(html).toMatch(/^<!DOCTYPE html><base target="_blank">/)
  expect(html).toContain(`src="data:image/png;base64,${picture.toString('base64')}"`)
  expect(html).toContain('src="cid:two"')
  expect(html).toContain('src="cid:none"')
  expect(html).toContain('<basefont rel=preconnect')
  expect(html).toContain('<basefont\thttp-equiv=refresh')
  expect(html).toContain('<iframe srcdoc="" src="about:blank" srcdoc="x"')
  expect(html).toContain('<linkage>')
})

test('attachments are saved under their name, whatever their type is', async () => {
  const name = '../a"b\\ü\r\n😀 (1).html'
  await mailer.send({
    subject: 'saved',
    attachments: [{ filename: name, content: '<script>1</script>' }],
  })
  const answer = await get(`/page/part/${await latest()}/2`)
  expect(answer.headers.get('content-type')).toBe('application/octet-stream')
  expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
  expect(answer.headers.get('content-disposition')).toMatch(
    /^attachment; filename="[\w.-]+"; filename\*=UTF-8''[\w.!~%-]+$/,
  )
  expect(await answer.text()).toBe('<script>1</script>')
})

test('what a mail brings has no origin when a browser opens it from the API', async () => {
  const id = await latest()
  for (const path of [`/api/v1/message/${id}/part/2`, `/api/v1/message/${id}/raw`]) {
    const { headers } = await get(path)
    expect(headers.get('content-security-policy')).toMatch(/default-src 'none'.*; sandbox/)
    expect(headers.get('x-content-type-options')).toBe('nosniff')
  }
})
