/* Makes a new authority for the certificates of the mail server: its certificate, and its key for the server. */

import { generateKeyPairSync } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createCertificate } from '../src/server/tls/certificate.ts'

const name = 'Mesocosm mail CA for tests (its key is public)'
const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const { x, y, d } = privateKey.export({ format: 'jwk' })
const certificate = createCertificate({
  name,
  key: privateKey,
  issuer: { name, key: privateKey },
  notBefore: new Date('2026-01-01T00:00:00Z'),
  notAfter: new Date('2076-01-01T00:00:00Z'),
})
const source = join(import.meta.dirname, '../src')
const head = '// Written by scripts/make-ca.ts.\n\n'
writeFileSync(
  join(source, 'mail-ca.ts'),
  `${head}/**
 * Certificate, as PEM, of the authority that signs the certificates of \`mailhog({ tls: true })\`. It is the same in every
 * installation and its key is public, so trust it in tests only: anyone who can redirect your connections can use it.
 */
export const mailCa = \`${certificate}\`
`,
)
writeFileSync(
  join(source, 'server/tls/authority-key.ts'),
  `${head}/**
 * The authority of \`mailCa\`. Its key is public: every process that declares a topology must declare the same, and
 * other services need the certificate before the server starts.
 */
export const authority = {
  name: '${name}',
  key: {
    kty: 'EC',
    crv: 'P-256',
    x: '${x}',
    y: '${y}',
    d: '${d}',
  },
} as const
`,
)
