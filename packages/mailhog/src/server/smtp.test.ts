import { once } from 'node:events'
import { connect } from 'node:net'
import { createTransport, type TransportOptions } from 'nodemailer'
import { expect, test } from 'vitest'
import { openMailFixture } from '../../test/mail-fixture.ts'
import { mailCa } from '../mail-ca.ts'

/** Sends lines one after the other, each after the reply to the one before, and returns the replies. */
const talk = async (port: number, lines: readonly string[]): Promise<string[]> => {
  const socket = connect({ port, host: '127.0.0.1' })
  const replies: string[] = []
  let said = ''
  for (const line of [undefined, ...lines]) {
    if (line !== undefined) socket.write(`${line}\r\n`)
    while (!/^\d{3} .*\r\n$/m.test(said)) said += (await once(socket, 'data'))[0]
    replies.push(said.trim())
    said = ''
  }
  socket.destroy()
  return replies
}

const base64 = (text: string) => Buffer.from(text).toString('base64')

test('addresses that other servers take are taken, and kept as they are', async () => {
  await using fixture = await openMailFixture()
  const addresses = [
    'root',
    'postmaster',
    '"a b"@example.test',
    '"a\\"@b"@example.test',
    'user.@example.test',
    'a..b@example.test',
    'www-data@app_lane_1',
    'a@[127.0.0.1]',
    'ü@exämple.test',
  ]
  for (const address of addresses) {
    const replies = await talk(fixture.server.smtpPort, [
      'EHLO x',
      `MAIL FROM:<${address}> SIZE=100`,
      `RCPT TO:<${address}>`,
      'DATA',
      `Subject: ${address}\r\n\r\nx\r\n.`,
    ])
    expect([address, replies.at(-1)]).toEqual([address, expect.stringMatching(/^250 OK/)])
  }
  for (const address of ['a b@example.test', 'a@', '@example.test', '"a', 'a@b@c', '<a>', 'a\tb'])
    for (const command of ['MAIL FROM', 'RCPT TO'])
      expect(
        (await talk(fixture.server.smtpPort, ['EHLO x', `${command}:<${address}>`]))[2],
        address,
      ).toMatch(/^50[13] /)
  expect((await talk(fixture.server.smtpPort, ['EHLO x', 'MAIL FROM:<root> SIZE=x']))[2]).toMatch(
    /^501 /,
  )
  const messages = await fixture.mail.messages()
  expect(messages.map(({ subject, bcc: [to] }) => [subject, to?.address])).toEqual(
    addresses.map((address) => [address, address]),
  )
})

test('a mail that the parser refuses is kept with its source', async () => {
  await using fixture = await openMailFixture()
  const nested = Array.from(
    { length: 300 },
    (_, depth) => `Content-Type: multipart/mixed; boundary=b${depth}\r\n\r\n--b${depth}\r\n`,
  ).join('')
  const head =
    'From: Shop <shop@example.test>\r\nTo: ann@example.test\r\nSubject: =?utf-8?q?=C3=BC?='
  const long = `X-Long: ${`${'x'.repeat(70)}\r\n `.repeat(45_000)}x`
  for (const raw of [`${head}\r\n${nested}`, `${head}\r\n${long}\r\n\r\nbody ✓\r\n`]) {
    await fixture.send({ raw, envelope: { from: 'shop@example.test', to: 'ann@example.test' } })
    const message = await fixture.mail.waitForMessage({
      to: 'ann@example.test',
      from: /Shop/,
      subject: 'ü',
    })
    expect(message.raw().trim() === raw.trim()).toBe(true)
    await fixture.mail.clear()
  }
})

test('several headers of one name are read in their order', async () => {
  await using fixture = await openMailFixture()
  const raw =
    'To: a@x.test, root\r\nTo: b@x.test\r\nCc: c@x.test\r\nSubject: first\r\nTo: d@x.test\r\n\r\n'
  await fixture.send({ raw, envelope: { from: 'a@x.test', to: 'a@x.test' } })
  const [message] = await fixture.mail.messages()
  const addresses = ['a@x.test', 'root', 'b@x.test', 'd@x.test']
  expect(message?.to.map(({ address }) => address)).toEqual(addresses)
  const served = await fetch(`${fixture.url}/api/v1/message/latest`)
  expect(await served.json()).toMatchObject({ To: addresses.map((Address) => ({ Address })) })
})

test('any login is taken, by password, challenge and token', async () => {
  await using fixture = await openMailFixture()
  const { smtpPort: port } = fixture.server
  const login = (auth: object) =>
    createTransport({ host: '127.0.0.1', port, auth } as TransportOptions).sendMail({
      from: 'a@example.test',
      to: 'b@example.test',
    })
  await login({ type: 'OAuth2', user: 'by token', accessToken: 'any' })
  await login({ user: 'by password', pass: 'any' })
  await login({ user: 'by-challenge', pass: 'any', method: 'CRAM-MD5' })
  const bearer = base64('n,a=by=2Cbearer,\x01host=x\x01port=1\x01auth=Bearer any\x01\x01')
  for (const lines of [[`AUTH OAUTHBEARER ${bearer}`], ['AUTH OAUTHBEARER', bearer]]) {
    const mail = ['MAIL FROM:<a@x.test>', 'RCPT TO:<b@x.test>', 'DATA', 'Subject: x\r\n\r\n.']
    const replies = await talk(port, ['EHLO x', ...lines, ...mail])
    expect(replies[1 + lines.length]).toMatch(/^235 /)
    expect(replies.at(-1)).toMatch(/^250 /)
  }
  expect((await talk(port, ['EHLO x', 'AUTH OAUTHBEARER', '*']))[3]).toMatch(/^501 /)
  const page = await (await fetch(`${fixture.url}/api/v1/messages`)).json()
  expect(
    (page as { messages: { Username: string }[] }).messages.map(({ Username }) => Username),
  ).toEqual(['by,bearer', 'by,bearer', 'by-challenge', 'by password', 'by token'])
})

const mail = { from: 'a@example.test', to: 'b@example.test', subject: 'secret' }

test('without tls no STARTTLS is offered, and with it mail is taken with and without it', async () => {
  await using plain = await openMailFixture()
  expect((await talk(plain.server.smtpPort, ['EHLO x']))[1]).not.toContain('STARTTLS')
  expect(plain.server.smtpsPort).toBeUndefined()
  await using fixture = await openMailFixture({ tls: { port: 0, names: ['mail'] } })
  const { smtpPort, smtpsPort = 0 } = fixture.server
  const send = (options: object) =>
    createTransport({ host: '127.0.0.1', ...options } as TransportOptions).sendMail(mail)
  const trusting = { tls: { ca: mailCa } }
  await send({ port: smtpPort, requireTLS: true, ...trusting })
  await send({ port: smtpsPort, secure: true, ...trusting })
  await send({ port: smtpsPort, secure: true, tls: { ca: mailCa, servername: 'any-name.test' } })
  await send({
    port: smtpPort,
    requireTLS: true,
    tls: { ca: mailCa, servername: 'mail', maxVersion: 'TLSv1.2' },
  })
  await send({ port: smtpPort, ignoreTLS: true })
  await expect(send({ port: smtpPort, requireTLS: true })).rejects.toThrow(/certificate/)
  await expect(send({ port: smtpsPort, secure: true })).rejects.toThrow(/certificate/)
  await expect(
    send({
      port: smtpPort,
      ...trusting,
      tls: { ca: mailCa, checkServerIdentity: () => new Error('no') },
    }),
  ).rejects.toThrow('no')
  expect(await fixture.mail.messages()).toHaveLength(5)
})

test('the encrypted port answers the next client after one that speaks no TLS', async () => {
  await using fixture = await openMailFixture({ tls: { port: 0 } })
  const { smtpPort, smtpsPort: port = 0 } = fixture.server
  for (const bytes of ['EHLO x\r\n', '\x16\x03\x01\x00\x05hello', '\0'.repeat(1_000)]) {
    const socket = connect({ port, host: '127.0.0.1' })
    socket.on('error', () => {})
    socket.end(Buffer.from(bytes, 'latin1'))
    await once(socket.resume(), 'close')
  }
  expect((await talk(smtpPort, ['EHLO x', 'STARTTLS x', 'STARTTLS']))[3]).toMatch(/^220 /)
  const options = { host: '127.0.0.1', port, secure: true, tls: { ca: mailCa } }
  await createTransport(options).sendMail(mail)
  expect(await fixture.mail.messages()).toHaveLength(1)
})

test('a server that requires TLS takes neither mail nor logins before STARTTLS', async () => {
  await using fixture = await openMailFixture({ tls: { port: 0, required: true } })
  const { smtpPort: port } = fixture.server
  const replies = await talk(port, [
    'EHLO x',
    'MAIL FROM:<a@x.test>',
    `AUTH PLAIN ${base64('\0a\0b')}`,
  ])
  expect(replies.slice(2)).toEqual([
    '530 Must issue a STARTTLS command first',
    '530 Must issue a STARTTLS command first',
  ])
  const options = { host: '127.0.0.1', port, tls: { ca: mailCa }, auth: { user: 'ann', pass: 'x' } }
  await createTransport(options).sendMail(mail)
  await createTransport({ ...options, secure: true, port: fixture.server.smtpsPort ?? 0 }).sendMail(
    mail,
  )
  expect(await fixture.mail.messages()).toHaveLength(2)
})
