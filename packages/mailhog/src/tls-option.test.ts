import { X509Certificate } from 'node:crypto'
import { expect, test } from 'vitest'
import { mailCa, mailhog } from './index.ts'

test('a mail server with TLS has one more port, and the certificate of its authority as an output', () => {
  const service = mailhog({ server: 'bundled', tls: 'required' })
  expect(service).toMatchObject({
    ports: { smtp: { port: 1025 }, http: { port: 8025 }, smtps: { port: 1465, scheme: 'smtps' } },
    outputs: { ca: mailCa },
    env: { MAIL_TLS: 'required' },
  })
  expect(new X509Certificate(mailCa).ca).toBe(true)
  expect(mailhog({ server: 'bundled', tls: true })).toMatchObject({ env: { MAIL_TLS: 'offered' } })
  expect(mailhog({ server: 'bundled', tls: false })).not.toHaveProperty('outputs')
})

test('TLS with another server, or of another kind, is refused', () => {
  for (const wrong of [
    { tls: true },
    { server: 'mailpit', tls: true },
    { server: 'bundled', tls: 'on' },
  ])
    expect(() => mailhog(wrong as object)).toThrow(
      expect.objectContaining({ code: 'TOPOLOGY_INVALID', facts: expect.objectContaining(wrong) }),
    )
})
