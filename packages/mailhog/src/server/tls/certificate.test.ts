import { createPrivateKey, generateKeyPairSync, X509Certificate } from 'node:crypto'
import { expect, test } from 'vitest'
import { mailCa } from '../../mail-ca.ts'
import { createServerCertificates } from './authority.ts'
import { authority } from './authority-key.ts'
import { createCertificate } from './certificate.ts'

const issuer = {
  name: authority.name,
  key: createPrivateKey({ key: authority.key, format: 'jwk' }),
}

const issue = (hosts: readonly string[], notAfter = new Date('2027-01-01T00:00:00Z')) => {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const notBefore = new Date('2026-01-01T00:00:00Z')
  const pem = createCertificate({
    name: 'mail',
    key: privateKey,
    issuer,
    hosts,
    notBefore,
    notAfter,
  })
  return { certificate: new X509Certificate(pem), privateKey }
}

test('the authority is one that can sign certificates, and the key is its own', () => {
  const ca = new X509Certificate(mailCa)
  expect(ca.ca).toBe(true)
  expect(ca.checkPrivateKey(issuer.key)).toBe(true)
  expect(ca.checkIssued(ca)).toBe(true)
  expect(ca.verify(ca.publicKey)).toBe(true)
  expect(ca.subject).toBe(`CN=${authority.name}`)
  expect(ca.validToDate.getUTCFullYear()).toBe(2076)
})

test('a certificate has its hosts and dates, and is signed by the authority', () => {
  const ca = new X509Certificate(mailCa)
  const { certificate, privateKey } = issue([
    'mail',
    'b.test',
    '127.0.0.1',
    '::1',
    'fe80::1:2',
    '::ffff:1.2.3.4',
  ])
  expect(certificate.ca).toBe(false)
  expect(certificate.checkIssued(ca)).toBe(true)
  expect(certificate.verify(ca.publicKey)).toBe(true)
  expect(certificate.checkPrivateKey(privateKey)).toBe(true)
  expect(certificate.checkHost('mail')).toBe('mail')
  expect(certificate.checkHost('other')).toBeUndefined()
  for (const address of ['127.0.0.1', '::1', 'fe80::1:2', '::ffff:1.2.3.4'])
    expect(certificate.checkIP(address), address).toBe(address)
  expect(certificate.checkIP('127.0.0.2')).toBeUndefined()
  expect(certificate.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1'])
  expect(
    [certificate.validFromDate, certificate.validToDate].map((date) => date.toISOString()),
  ).toEqual(['2026-01-01T00:00:00.000Z', '2027-01-01T00:00:00.000Z'])
})

test('a certificate with many hosts, or that is valid after 2049, can be read', () => {
  const hosts = Array.from({ length: 2_000 }, (_, index) => `host-${index}.example.test`)
  const { certificate } = issue(hosts, new Date('2060-02-03T04:05:06Z'))
  expect(certificate.checkHost('host-1999.example.test')).toBe('host-1999.example.test')
  expect(certificate.validToDate.toISOString()).toBe('2060-02-03T04:05:06.000Z')
  expect(new Set([certificate.serialNumber, issue([]).certificate.serialNumber]).size).toBe(2)
  expect(() => issue(['ü'])).toThrow(RangeError)
})

test('a server has one certificate per name that clients ask for', () => {
  const { fallback, contextFor } = createServerCertificates(['mail'])
  const certificate = new X509Certificate(fallback.cert)
  expect(certificate.checkHost('localhost')).toBe('localhost')
  expect(certificate.checkHost('mail')).toBe('mail')
  expect(certificate.checkIP('127.0.0.1')).toBe('127.0.0.1')
  expect(contextFor('Other')).toBe(contextFor('other'))
  expect(contextFor('*')).toBeUndefined()
})
