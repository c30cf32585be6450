import { expect, test } from 'vitest'
import { readMessage } from './message.ts'

const read = (source: string, recipients: readonly string[] = []) =>
  readMessage(
    { id: '1', receivedAt: new Date(0) },
    { raw: new TextEncoder().encode(source.replaceAll('\n', '\r\n')), recipients },
  )

const html = (body: string) => `Subject: x\nContent-Type: text/html; charset=utf-8\n\n${body}`

test('a message has the addresses, headers and dates of its source', async () => {
  const message = await read(
    `From: =?utf-8?q?J=C3=B6rg?= <joerg@example.test>
To: Team: a@example.test, "B, b" <b@example.test>;
Cc: c@example.test
Reply-To: help@example.test
Subject: =?utf-8?b?4pyTIGRvbmU=?=
Date: Thu, 05 Nov 2026 10:00:00 +0100
Message-ID: <1@example.test>
X-Tag: one
X-Tag: two

hello
`,
    ['A@example.test', 'c@example.test', 'hidden@example.test'],
  )
  expect(message).toMatchObject({
    from: { name: 'Jörg', address: 'joerg@example.test' },
    to: [{ address: 'a@example.test' }, { name: 'B, b', address: 'b@example.test' }],
    cc: [{ address: 'c@example.test' }],
    bcc: [{ address: 'hidden@example.test' }],
    replyTo: [{ address: 'help@example.test' }],
    subject: '✓ done',
    messageId: '1@example.test',
    text: 'hello\n',
    html: '',
    date: new Date('2026-11-05T09:00:00Z'),
  })
  expect(message.headers['x-tag']?.split(', ').sort()).toEqual(['one', 'two'])
  expect(message.raw()).toMatch(/^From: =\?utf-8/)
})

test('encoded words that cut a character, and several headers of one name, are read as meant', async () => {
  const message = await read(
    'Subject: =?UTF-8?B?5pel5pys6Kqe44Gu4w==?=\n =?UTF-8?B?gYI=?=\nTo: a@x.test\nTo: =?utf-8?q?=C3?= =?utf-8?q?=BC?= <b@x.test>\n\nx',
  )
  expect(message.subject).toBe('日本語のあ')
  expect(message.to).toEqual([
    { name: '', address: 'a@x.test' },
    { name: 'ü', address: 'b@x.test' },
  ])
})

test('file names in encoded words that cut a character are read as meant, and content stays', async () => {
  const name = '=?UTF-8?B?5pel5pys6Kqe44Gu4w==?=\n =?UTF-8?B?gYI=?='
  const { attachments, text } = await read(`Content-Type: multipart/mixed; boundary=b

--b
Content-Type: text/plain

${name}
--b
Content-Type: application/pdf; name="${name}"
Content-Disposition: attachment;
 filename="${name}"

${name}
--b--
`)
  expect(attachments).toMatchObject([{ filename: '日本語のあ' }])
  expect(text.trim()).toBe(name)
  expect(attachments[0]?.text().trim()).toBe(name)
  const single = await read(
    `Content-Type: application/pdf\nContent-Disposition: attachment; filename="${name}"\n\nx`,
  )
  expect(single.attachments).toMatchObject([{ filename: '日本語のあ' }])
})

test('a mail without headers is parsed', async () => {
  expect(await read('\n')).toMatchObject({
    from: { name: '', address: '' },
    to: [],
    subject: '',
    text: expect.any(String),
    date: undefined,
    attachments: [],
  })
})

test('attachments have their bytes, and are marked as inline or not', async () => {
  const { attachments } = await read(`Content-Type: multipart/related; boundary=b

--b
Content-Type: text/html

<img src="cid:logo">
--b
Content-Type: image/png
Content-Disposition: inline; filename=logo.png
Content-ID: <logo>
Content-Transfer-Encoding: base64

AP8=
--b
Content-Type: text/csv
Content-Disposition: attachment; filename*=utf-8''%C3%BC.csv

a,b
--b--
`)
  expect(attachments).toMatchObject([
    { filename: 'logo.png', contentType: 'image/png', contentId: 'logo', inline: true },
    { filename: 'ü.csv', contentType: 'text/csv', inline: false },
  ])
  expect([...(attachments[0]?.content ?? [])]).toEqual([0, 255])
  expect(attachments[1]?.text()).toMatch(/^a,b\s*$/)
})

test('links returns each URL once, decoded, without mailto links and fragments', async () => {
  const { links } = await read(
    html(`<a class="x" href="https://shop.test/verify?a=1&amp;b=2">go</a>
      <A HREF='app://open/1'>app</A> <a href=https://plain.test/x>x</a> <a href="mailto:a@b.c">m</a>
      <a href="#top">top</a> <a data-href="https://no.test">n</a> <a href="https://plain.test/x">again</a>`),
  )
  expect(links()).toEqual([
    'https://shop.test/verify?a=1&b=2',
    'app://open/1',
    'https://plain.test/x',
  ])
  expect(links(/verify/)).toEqual(['https://shop.test/verify?a=1&b=2'])
  const odd = await read(
    html('<!-- <a href="https://no.test/">n</a> --><a title="x>y" href="https://yes.test/">y</a>'),
  )
  expect(odd.links()).toEqual(['https://yes.test/'])
  const plain = await read(
    'Subject: x\n\nSee https://a.test/b, (or http://c.test/d_(e)) and <https://f.test/>.\n',
  )
  expect(plain.links()).toEqual(['https://a.test/b', 'http://c.test/d_(e)', 'https://f.test/'])
})

test('a code is found in the visible text, then in the subject', async () => {
  const styled = await read(
    html('<style>p { color: #123456 }</style><p>Code: <b>98</b><i>7654</i>&nbsp;&#33;</p>'),
  )
  expect(styled.code(/\d{6}/)).toBe('987654')
  const named = await read(html('<p>Caf&eacute; &copy; c&oacute;digo: 123&nbsp;456</p>'))
  expect(named.code(/Café © código: (\d+ \d+)/)).toBe('123 456')
  const text = await read('Subject: Code 111111\n\nYour code is 222222.\n')
  expect(text.code(/code is (\d+)/)).toBe('222222')
  expect(text.code(/^Code (\d+)/)).toBe('111111')
  expect(() => text.code(/\d{7}/)).toThrow(/"Code 111111" has no match of .*222222/s)
})
