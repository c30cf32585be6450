import { createPublicKey, type KeyObject, randomBytes, sign } from 'node:crypto'
import { isIP } from 'node:net'

/** Who signs a certificate. */
export interface Issuer {
  /** Its common name. */
  readonly name: string
  /** Its private key, of the curve P-256. */
  readonly key: KeyObject
}

/** What a certificate is for. */
export interface CertificateRequest {
  /** Its common name. */
  readonly name: string
  /** Key of its owner, public or private. */
  readonly key: KeyObject
  readonly issuer: Issuer
  readonly notBefore: Date
  readonly notAfter: Date
  /** Host names and IP addresses of a server; without it the certificate is that of an authority. */
  readonly hosts?: readonly string[]
}

/**
 * Returns an X.509 certificate (RFC 5280) as PEM, which Node's crypto can read, but not write.
 *
 * @throws {RangeError} for a host that is neither a name in ASCII nor an IP address.
 */
export const createCertificate = (request: CertificateRequest): string => {
  const { issuer, name, notBefore, notAfter, hosts } = request
  const owner = publicKey(request.key)
  const content = sequence(
    tagged(0, integer(Buffer.of(2))),
    // The first bit is 0, so that the number is positive, and the second is 1, so that it has its full length.
    integer(Buffer.concat([Buffer.of(0x40), randomBytes(15)])),
    ecdsaWithSha256,
    commonName(issuer.name),
    sequence(time(notBefore), time(notAfter)),
    commonName(name),
    owner.spki,
    tagged(
      3,
      sequence(
        ...(hosts === undefined ? authorityExtensions : serverExtensions(hosts)),
        extension(oids.subjectKeyId, octets(owner.id)),
        extension(oids.authorityKeyId, sequence(der(0x80, publicKey(issuer.key).id))),
      ),
    ),
  )
  const signature = sign('sha256', content, issuer.key)
  const certificate = sequence(content, ecdsaWithSha256, bits(signature))
  const lines = certificate.toString('base64').match(/.{1,64}/g) ?? []
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`
}

// ---

/** Object identifiers, encoded. */
const oids = {
  ecdsaWithSha256: '2a8648ce3d040302',
  commonName: '550403',
  subjectKeyId: '551d0e',
  keyUsage: '551d0f',
  subjectAltName: '551d11',
  basicConstraints: '551d13',
  authorityKeyId: '551d23',
  extendedKeyUsage: '551d25',
  serverAuth: '2b06010505070301',
} as const

/** An element of DER (X.690): tag, length, content. */
const der = (tag: number, ...content: readonly Buffer[]): Buffer => {
  const body = Buffer.concat(content)
  const { length } = body
  if (length < 0x80) return Buffer.concat([Buffer.of(tag, length), body])
  const digits = length.toString(16)
  const bytes = Buffer.from(digits.padStart(digits.length + (digits.length % 2), '0'), 'hex')
  return Buffer.concat([Buffer.of(tag, 0x80 | bytes.length), bytes, body])
}

const sequence = (...content: readonly Buffer[]) => der(0x30, ...content)
const tagged = (tag: number, content: Buffer) => der(0xa0 | tag, content)
const integer = (bytes: Buffer) => der(0x02, bytes)
const octets = (bytes: Buffer) => der(0x04, bytes)
const bits = (bytes: Buffer) => der(0x03, Buffer.of(0), bytes)
const oid = (encoded: string) => der(0x06, Buffer.from(encoded, 'hex'))

/** `YYYYMMDDHHMMSSZ`; before 2050 the year has two digits. */
const time = (date: Date): Buffer => {
  const digits = date.toISOString().replace(/[-:T]|\.\d+/g, '')
  return date.getUTCFullYear() < 2050
    ? der(0x17, Buffer.from(digits.slice(2)))
    : der(0x18, Buffer.from(digits))
}

const commonName = (name: string) =>
  sequence(der(0x31, sequence(oid(oids.commonName), der(0x0c, Buffer.from(name)))))

const ecdsaWithSha256 = sequence(oid(oids.ecdsaWithSha256))

const critical = der(0x01, Buffer.of(0xff))

const extension = (id: string, value: Buffer, ...flags: readonly Buffer[]) =>
  sequence(oid(id), ...flags, octets(value))

/** Signs certificates of servers, but none of other authorities. */
const authorityExtensions = [
  extension(
    oids.basicConstraints,
    sequence(der(0x01, Buffer.of(0xff)), integer(Buffer.of(0))),
    critical,
  ),
  extension(oids.keyUsage, der(0x03, Buffer.of(2, 0x04)), critical),
  extension(oids.extendedKeyUsage, sequence(oid(oids.serverAuth))),
]

const serverExtensions = (hosts: readonly string[]) => [
  extension(oids.basicConstraints, sequence(), critical),
  extension(oids.keyUsage, der(0x03, Buffer.of(7, 0x80)), critical),
  extension(oids.extendedKeyUsage, sequence(oid(oids.serverAuth))),
  extension(oids.subjectAltName, sequence(...hosts.map(generalName))),
]

const generalName = (host: string): Buffer => {
  const version = isIP(host)
  if (version !== 0) return der(0x87, version === 4 ? bytesOfIPv4(host) : bytesOfIPv6(host))
  if (!/^[\x21-\x7e]+$/.test(host)) throw new RangeError(`"${host}" is not a host name`)
  return der(0x82, Buffer.from(host))
}

const bytesOfIPv4 = (address: string) => Buffer.from(address.split('.').map(Number))

const bytesOfIPv6 = (address: string): Buffer => {
  // `::ffff:1.2.3.4` has its last four bytes as an IPv4 address.
  const plain = address
    .replace(/%.*$/, '')
    .replace(/[\d.]+\.[\d.]+$/, (last) => bytesOfIPv4(last).toString('hex').replace(/^.{4}/, '$&:'))
  const [head = '', tail = ''] = plain.split('::')
  const groups = (text: string) => (text === '' ? [] : text.split(':'))
  const zeros = plain.includes('::') ? 8 - groups(head).length - groups(tail).length : 0
  const all = [...groups(head), ...Array<string>(zeros).fill('0'), ...groups(tail)]
  return Buffer.from(all.map((group) => group.padStart(4, '0')).join(''), 'hex')
}

/** Returns a key as certificates have it, and its identifier. */
const publicKey = (key: KeyObject) => {
  const shared = key.type === 'private' ? createPublicKey(key) : key
  const spki = shared.export({ type: 'spki', format: 'der' })
  const { x = '', y = '' } = shared.export({ format: 'jwk' })
  return { spki, id: Buffer.from(`${x}${y}`, 'base64url').subarray(0, 20) }
}
