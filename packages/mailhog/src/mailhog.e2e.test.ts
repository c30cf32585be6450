import { join } from 'node:path'
import { defineTopology, http, isMesocosmError, lease, ref } from 'mesocosm'
import { closureOf } from '../../../test/lib/closure.ts'
import type { Sandbox } from '../../../test/lib/sandbox.ts'
import { expect, test } from '../../../test/lib/test.ts'
import { mailhog } from './index.ts'

const app = {
  image: 'node:24-trixie-slim',
  command: ['node', '/app.cjs'],
  files: [{ from: join(import.meta.dirname, '../test/app.cjs'), to: '/app.cjs' }],
  ports: { http: 3000 },
  ready: http('/health'),
} as const

const declare = ({ folder }: Sandbox) =>
  defineTopology({
    name: 'mail',
    root: folder,
    services: {
      mail: mailhog({ server: 'bundled' }),
      app: { ...app, env: { SMTP_URL: ref('mail.smtp.url') } },
    },
  })

/** Makes an app send a mail, and returns the replies of its mail server. */
const send = async (
  { http: { url } }: { readonly http: { readonly url: string } },
  subject: string,
  to = 'ann@example.test',
): Promise<string> => {
  const response = await fetch(`${url}/send?${new URLSearchParams({ to, subject })}`, {
    signal: AbortSignal.timeout(30_000),
  })
  return `${response.status} ${await response.text()}`
}

test('a test reads mail of a service, and a reset empties the mailbox and ends refusals', async ({
  sandbox,
}) => {
  await using lane = await lease(declare(sandbox))
  const { app, mail } = lane.services
  expect(mail.smtp.url).toMatch(/^smtp:\/\/127\.0\.0\.1:\d+$/)
  expect(app.env.SMTP_URL).toBe('smtp://mail:1025')
  // The web page, which shows services where to send mail.
  expect(await (await fetch(mail.http.url)).text()).toContain('data-smtp="smtp://mail:1025"')

  const waiting = mail.waitForMessage({ to: 'ann@example.test', subject: /welcome/i })
  await send(app, 'Welcome')
  const message = await waiting
  expect(message).toMatchObject({ from: { name: 'Shop', address: 'shop@example.test' } })
  expect(message.links()).toEqual(['https://shop.test/verify?code=123456'])
  expect(message.code(/\d{6}/)).toBe('123456')
  await mail.logs.waitFor(/^mail \w+ from shop@example.test to ann@example.test: Welcome$/)

  await mail.chaos({ recipient: { code: 550 } })
  expect(await send(app, 'Refused')).toContain('\r\n550 ')
  await lane.reset()
  expect(await mail.messages()).toEqual([])
  expect(await send(app, 'Taken')).toContain('queued')
  expect((await mail.waitForMessage()).subject).toBe('Taken')
})

test('a mail server joins a running lane, receives mail, and is removed', async ({ sandbox }) => {
  await using lane = await lease(declare(sandbox))
  const { app, mail } = lane.services
  const second = await lane.add('second', mailhog({ server: 'bundled' }))
  await app.withEnv({ SMTP_URL: 'smtp://second:1025' }, async () => {
    await send(app, 'Elsewhere', 'bob@example.test')
    expect((await second.waitForMessage({ to: 'bob@example.test' })).subject).toBe('Elsewhere')
  })
  expect(await mail.messages()).toEqual([])
  await lane.remove('second')
  await send(app, 'Here again')
  expect((await mail.waitForMessage()).subject).toBe('Here again')
})

test('waitForMessage waits for a mail server that is stopped and started', async ({ sandbox }) => {
  await using lane = await lease(declare(sandbox))
  const { app, mail } = lane.services
  await mail.stop()
  expect(await send(app, 'Lost')).toMatch(/^502 /)
  const waiting = mail.waitForMessage({ subject: 'Found' })
  await mail.start()
  await send(app, 'Found')
  expect((await waiting).subject).toBe('Found')

  await mail.pause()
  const error = await mail.messages({}, { timeoutMs: 200 }).catch((thrown: unknown) => thrown)
  expect(isMesocosmError(error) && error.code).toBe('TIMEOUT')
  await mail.unpause()
})

test('MailDev 3 is detected and has the same methods', async ({ sandbox }) => {
  const home = '/opt/maildev'
  const folders = closureOf('maildev', import.meta.url)
  const maildev = {
    ...mailhog({ server: 'maildev', image: 'node:24-trixie-slim' }),
    command: ['node', `${home}/node_modules/maildev/dist/bin/maildev.js`],
    files: folders.map((from) => ({
      from,
      to: home + from.slice(from.lastIndexOf('/node_modules/')),
    })),
  }
  const topology = defineTopology({
    name: 'maildev',
    root: sandbox.folder,
    services: { mail: maildev, app: { ...app, env: { SMTP_URL: ref('mail.smtp.url') } } },
  })
  await using lane = await lease(topology)
  const { app: sender, mail } = lane.services
  await send(sender, 'First')
  const first = await mail.waitForMessage({ to: 'ann@example.test', from: /shop/i })
  expect(first).toMatchObject({
    subject: 'First',
    from: { name: 'Shop', address: 'shop@example.test' },
    to: [{ name: '', address: 'ann@example.test' }],
    bcc: [],
  })
  expect(first.code(/\d{6}/)).toBe('123456')
  expect(first.raw()).toMatch(/^From: Shop/m)

  await mail.mark()
  const waiting = mail.waitForMessage({ subject: 'Second' })
  await send(sender, 'Second')
  expect((await waiting).subject).toBe('Second')
  expect((await mail.messages()).length).toBe(1)
  expect((await mail.search('First')).map(({ subject }) => subject)).toEqual(['First'])
  await expect(mail.chaos({ sender: {} })).rejects.toMatchObject({ facts: { server: 'MailDev' } })

  await lane.reset()
  expect(await mail.search('First')).toEqual([])
  await send(sender, 'Third')
  await mail.waitForMessage({ subject: 'Third' })
  await mail.clear()
  expect(await mail.messages()).toEqual([])
})
