import { join } from 'node:path'
import { defineTopology, lease, ref } from 'mesocosm'
import { createTransport } from 'nodemailer'
import type { Sandbox } from '../../../test/lib/sandbox.ts'
import { expect, test } from '../../../test/lib/test.ts'
import { mailCa, mailhog } from './index.ts'

// Programs of other projects that send mail, each with a script of the ways it does so.

const declare = ({ folder }: Sandbox, tls: true | 'required' = true) =>
  defineTopology({
    name: 'mail-clients',
    root: folder,
    services: {
      mail: mailhog({ server: 'bundled', tls }),
      client: {
        image: 'mesocosm-test/mail-clients:trixie',
        // Sleeps, because the tests run the clients in this service.
        command: ['sh', '-c', 'trap "exit 0" TERM; sleep 86400 & wait'],
        files: [
          { from: join(import.meta.dirname, '../test/clients'), to: '/clients' },
          { content: mailCa, to: '/etc/mail-ca.pem' },
        ],
        env: {
          SMTP_HOST: ref('mail.smtp.host'),
          SMTP_PORT: ref('mail.smtp.port'),
          SMTPS_PORT: ref('mail.smtps.port'),
          SMTP_CA: ref('mail.ca'),
        },
      },
    },
  })

test.for([
  {
    name: 'smtplib',
    argv: ['python3', '-m', 'unittest', '-v', 'smtplib_test'],
    sent: ['plain ü', 'root', 'starttls', 'tls', 'utf8'],
  },
  {
    name: 'swaks',
    argv: ['sh', 'swaks.sh'],
    sent: ['attachment', 'challenge', 'login', 'plain', 'starttls', 'tls', 'www-data'],
  },
  { name: 'msmtp', argv: ['sh', 'msmtp.sh'], sent: ['plain', 'root', 'starttls', 'tls'] },
  { name: 'php', argv: ['sh', 'php.sh'], sent: [`ünïcödé ${'日本語'.repeat(20)}`] },
])('$name sends mail in the clear and over TLS', async ({ name, argv, sent }, { sandbox }) => {
  await using lane = await lease(declare(sandbox))
  const { client, mail } = lane.services
  const { exitCode, stdout, stderr } = await client.run(argv, {
    cwd: '/clients',
    timeoutMs: 120_000,
  })
  expect(exitCode, `${stdout}\n${stderr}`).toBe(0)
  const messages = await mail.messages({}, { timeoutMs: 120_000 })
  expect(messages.map(({ subject }) => subject).sort()).toEqual(
    sent.map((subject) => `${name} ${subject}`).sort(),
  )
  for (const { bcc, to, attachments, subject } of messages) {
    const recipients = [...to, ...bcc].map(({ address }) => address)
    expect([subject, recipients.length > 0]).toEqual([subject, true])
    if (subject === 'smtplib plain ü')
      expect([...(attachments[0]?.content ?? [])]).toEqual([0, 255, 13, 10, 46, 13, 10])
  }
})

test('a test sends mail over TLS, with the authority of the output ca', async ({ sandbox }) => {
  await using lane = await lease(declare(sandbox, 'required'))
  const { client, mail } = lane.services
  expect(client.env.SMTP_CA).toBe(mailCa)
  expect(mail.smtps.url).toMatch(/^smtps:\/\/127\.0\.0\.1:\d+$/)
  const message = { from: 'a@example.test', to: 'b@example.test', subject: 'by nodemailer' }
  const send = (options: object) => createTransport({ ...options }).sendMail(message)
  const { host, port } = mail.smtp
  await send({ host, port, requireTLS: true, tls: { ca: mailCa } })
  await send({ host, port: mail.smtps.port, secure: true, tls: { ca: mailCa } })
  await expect(send({ host, port, ignoreTLS: true })).rejects.toMatchObject({ responseCode: 530 })
  expect(await mail.messages()).toHaveLength(2)
  await lane.reset()
  expect(await mail.messages()).toEqual([])
})
