import { expect, test } from 'vitest'
import { openMailFixture } from '../../test/mail-fixture.ts'

test('pages of other hosts may not use the API, and those of the same host may', async () => {
  await using fixture = await openMailFixture()
  await fixture.send({ subject: 'kept' })
  const ask = (origin: string, method = 'GET') =>
    fetch(`${fixture.url}/api/v1/messages`, { method, headers: { origin } })
  for (const origin of ['https://evil.test', 'null', 'http://127.0.0.1:1', 'x'])
    expect([origin, (await ask(origin, 'DELETE')).status]).toEqual([origin, 403])
  const own = await ask(fixture.url)
  expect([own.status, own.headers.get('access-control-allow-origin')]).toEqual([200, fixture.url])
  expect(await own.json()).toMatchObject({ total: 1 })
  expect((await ask(fixture.url, 'OPTIONS')).status).toBe(200)
  expect(
    (await fetch(`${fixture.url}/api/v1/messages`)).headers.has('access-control-allow-origin'),
  ).toBe(false)
})

test('the content of a mail is shown without scripts, and opens as nothing but its type', async () => {
  await using fixture = await openMailFixture()
  await fixture.send({
    subject: 'hostile',
    html: '<script>alert(1)</script><img src="cid:A%20b"><form action="https://evil.test">',
    attachments: [
      { filename: 'ü"\r\n.svg', content: '<svg onload="alert(1)"/>', contentType: 'image/svg+xml' },
      { filename: 'b.png', cid: 'a b', content: 'png', contentType: 'image/png' },
    ],
  })
  const [html, part] = await Promise.all(
    ['/view/latest.html', '/api/v1/message/latest/part/3'].map((path) => fetch(fixture.url + path)),
  )
  for (const response of [html, part]) {
    expect(response?.headers.get('content-security-policy')).toMatch(
      /default-src 'none'.*; sandbox /,
    )
    expect(response?.headers.get('x-content-type-options')).toBe('nosniff')
  }
  expect(await html?.text()).toMatch(/<img src="\/api\/v1\/message\/\w+\/part\/2">/)
  expect(part?.headers.get('content-disposition')).toMatch(/^inline; filename="%C3%BC.*\.svg"$/)
  const thumb = await fetch(`${fixture.url}/api/v1/message/latest/part/3/thumb`)
  expect(thumb.headers.get('content-type')).toBe('image/gif')
})

test('headers have the case that Go writes, and a mail of HTML has its text', async () => {
  await using fixture = await openMailFixture()
  const raw =
    'MESSAGE-id: <1@x.test>\r\nConstructor: a\r\n__proto__: b\r\nx-a: 1\r\nX-A: 2\r\nContent-Type: text/html\r\n\r\n' +
    '<table>\r\n  <tr><td>a &amp; b</td></tr>\r\n\r\n\r\n  <tr>c</tr></table>'
  await fixture.send({ raw, envelope: { from: 'a@x.test', to: 'b@x.test' } })
  const headers = await (await fetch(`${fixture.url}/api/v1/message/latest/headers`)).text()
  expect(headers).toBe(
    '{"Constructor":["a"],"Content-Type":["text/html"],"Message-Id":["<1@x.test>"],"X-A":["1","2"],"__proto__":["b"]}',
  )
  const message = await fetch(`${fixture.url}/api/v1/message/latest`)
  expect(await message.json()).toMatchObject({ Text: 'a & b\n\nc' })
  expect(await (await fetch(`${fixture.url}/view/latest.txt`)).text()).toBe('a & b\n\nc')
})

test('/view/latest leads to the newest mail, also of those that a query finds', async () => {
  await using fixture = await openMailFixture()
  const leadsTo = async (query = '') =>
    (await fetch(`${fixture.url}/view/latest${query}`, { redirect: 'manual' })).headers.get(
      'location',
    )
  expect(await leadsTo()).toBe('/')
  for (const subject of ['m0', 'm1']) await fixture.send({ subject })
  const { messages } = (await (await fetch(`${fixture.url}/api/v1/messages`)).json()) as {
    messages: { ID: string }[]
  }
  expect(await leadsTo()).toBe(`/view/${messages[0]?.ID}`)
  expect(await leadsTo('?query=subject:m0')).toBe(`/view/${messages[1]?.ID}`)
  const named = await fetch(`${fixture.url}/api/v1/message/latest?query=subject:m0`)
  expect(await named.json()).toMatchObject({ Subject: 'm0' })
  expect((await fetch(`${fixture.url}/api/v1/message/latest?query=subjct:m0`)).status).toBe(400)
  expect((await fetch(`${fixture.url}/view/latest.html`)).status).toBe(404)
  const raw = await fetch(`${fixture.url}/api/v1/message/latest/raw?dl=1`)
  expect(raw.headers.get('content-disposition')).toMatch(/^attachment; filename="\w+\.eml"$/)
})

test('a request that is not understood changes nothing', async () => {
  await using fixture = await openMailFixture()
  for (const subject of ['m0', 'm1', 'm2']) await fixture.send({ subject })
  const ask = async (method: string, path: string, body?: unknown) => {
    const response = await fetch(`${fixture.url}/api/v1/${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    return response.status
  }
  expect(await ask('DELETE', 'messages', { ids: ['doesnotexist'] })).toBe(200)
  expect(await ask('DELETE', 'messages', { ID: ['doesnotexist'] })).toBe(400)
  expect(await ask('DELETE', 'search?query=!subjct:m')).toBe(400)
  expect(await ask('DELETE', 'search?query=!after:2020-01-01')).toBe(200)
  expect(await ask('DELETE', 'search?query=after:2020-01-01%20to:eve@x.test')).toBe(200)
  expect(await ask('PUT', 'messages', { Search: 'subject:m1', IDs: ['x'], Read: true })).toBe(400)
  expect(await ask('PUT', 'messages')).toBe(400)
  expect(await ask('PUT', 'messages', { read: 'yes' })).toBe(400)
  for (const query of ['start=-1', 'limit=x', 'before=soon'])
    expect([query, await ask('GET', `messages?${query}`)]).toEqual([query, 400])
  expect(await ask('PUT', 'chaos', { Sender: { Code: 450 } })).toBe(400)
  expect(await ask('POST', 'send', { To: [{ Email: 'a' }], from: 'x' })).toBe(400)
  const page = await (await fetch(`${fixture.url}/api/v1/messages?limit=0`)).json()
  expect(page).toMatchObject({ total: 3, unread: 3, count: 3 })
})

test('a mail is found by what it has', async () => {
  await using fixture = await openMailFixture()
  await fixture.send({
    subject: 'inline',
    html: '<img src="cid:x">',
    attachments: [{ filename: 'logo.png', cid: 'x', content: 'x' }],
    headers: {
      'List-Unsubscribe': '<mailto:off@example.test>, <https://shop.test/off>',
      'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
    },
  })
  await fixture.send({
    subject: 'attached',
    text: 'x'.repeat(3_000),
    to: 'Ann <ann+vip@example.test>',
    attachments: [{ filename: 'bill.pdf', content: 'x' }],
  })
  const found = async (query: string) => {
    const response = await fetch(`${fixture.url}/api/v1/search?query=${encodeURIComponent(query)}`)
    const { messages } = (await response.json()) as { messages: { Subject: string }[] }
    return messages.map(({ Subject }) => Subject).join()
  }
  expect(await found('has:inline')).toBe('inline')
  expect(await found('has:attachment')).toBe('attached')
  expect(await found('-has:attachments')).toBe('inline')
  expect(await found('larger:3kb')).toBe('attached')
  expect(await found('smaller:3kb')).toBe('inline')
  expect(await found('tag:VIP')).toBe('attached')
  expect(await found('is:tagged')).toBe('attached')
  expect(await found('!is:tagged')).toBe('inline')
  expect(await found('after:2020-01-01 before:2100-01-01')).toBe('attached,inline')
  expect(await found('before:2020-01-01')).toBe('')
  expect(await found('bill.pdf')).toBe('attached')
  expect(await found('to:"Ann ann+vip"')).toBe('attached')
  const latest = await fetch(`${fixture.url}/api/v1/message/latest?query=has:inline`)
  expect(await latest.json()).toMatchObject({
    ListUnsubscribe: {
      Links: ['mailto:off@example.test', 'https://shop.test/off'],
      HeaderPost: 'List-Unsubscribe=One-Click',
      Errors: '',
    },
  })
})
