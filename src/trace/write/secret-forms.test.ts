import { randomInt } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { createServiceLog } from '../../engine/logs/service-log.ts'
import { outputOf } from './exec-output.ts'
import { blobsOf, keepText } from './kept-text.ts'
import { createRedactor } from './redact.ts'
import { openRunRecord } from './run-record.ts'

/** What a program writes, and the part of it that must not be found. */
type Encoder = (secret: string) => readonly [text: string, evidence: string]

const whole =
  (encode: (secret: string) => string, around = (text: string) => text): Encoder =>
  (secret) => [around(encode(secret)), encode(secret)]

/** Of base64, characters at the ends are shared with the neighbours. */
const base64 =
  (before: string, after: string, encoding: 'base64' | 'base64url', around = ''): Encoder =>
  (secret) => {
    const text = Buffer.from(`${before}${secret}${after}`).toString(encoding)
    return [`${around}${text}`, text.slice(Math.ceil((before.length * 8) / 6) + 1, -4)]
  }

/** How programs write a secret, by the encoders of the platform. */
const encoders: Readonly<Record<string, Encoder>> = {
  plain: whole((secret) => secret),
  JSON: whole(
    (secret) => JSON.stringify(secret).slice(1, -1),
    (text) => `{"${text}":"${text}"}`,
  ),
  'JSON in ASCII': whole((secret) =>
    JSON.stringify(secret)
      .slice(1, -1)
      .replace(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`),
  ),
  'JSON with escaped slashes': whole((secret) =>
    JSON.stringify(secret).slice(1, -1).replaceAll('/', '\\/'),
  ),
  'URL component': whole(encodeURIComponent),
  'URL component in lower case': whole((secret) =>
    encodeURIComponent(secret).replace(/%../g, (code) => code.toLowerCase()),
  ),
  'URL component by RFC 3986': whole((secret) =>
    encodeURIComponent(secret).replace(
      /[!'()*]/g,
      (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
    ),
  ),
  'password in a URL': whole(
    (secret) => Object.assign(new URL('postgres://user@db'), { password: secret }).password,
    (text) => `postgres://user:${text}@db/app`,
  ),
  form: whole(
    (secret) => new URLSearchParams({ p: secret }).toString().slice(2),
    (text) => `p=${text}&q=1`,
  ),
  'Basic authorization': base64('user:', '', 'base64', 'Authorization: Basic '),
  'base64 alone': base64('', '', 'base64'),
  'base64 after one byte': base64('u', '!', 'base64'),
  'base64 after two bytes': base64('us', '!', 'base64'),
  'base64url alone': base64('', '', 'base64url'),
  'base64url after one byte': base64('u', '!', 'base64url'),
  'base64url after two bytes': base64('us', '!', 'base64url'),
}

/** Characters that encoders treat differently; no line breaks, which end a line of output. */
const alphabet = [...'abcXYZ0189 !"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~üé€🦀\t']

const randomSecret = () =>
  Array.from({ length: randomInt(8, 40) }, () => alphabet[randomInt(alphabet.length)]).join('')

test.each(Object.keys(encoders))('a secret is redacted as %s', (name) => {
  for (let round = 0; round < 50; round++) {
    const secret = randomSecret()
    const redactor = createRedactor()
    redactor.add([secret])
    const [text, evidence] = encoders[name]?.(secret) ?? ['', '']
    const seen = redactor.text(`before ${text} after`)
    expect(seen, JSON.stringify({ secret, text })).not.toContain(evidence)
    expect(seen).toMatch(/^before .*•••.* after$/)
  }
})

test('the bytes of a record on disk contain no secret, wherever output is cut and however it is encoded', () => {
  const root = mkdtempSync(join(tmpdir(), 'mesocosm-secrets-'))
  onTestFinished(() => rmSync(root, { recursive: true, force: true }))
  const redactor = createRedactor()
  const record = openRunRecord(root, 'r1', redactor)
  const log = createServiceLog(
    () => record.openLog('lane_1', 'api', 'c1'),
    () => {},
  )
  log.begin(false)
  const forbidden: string[] = []
  for (const encode of Object.values(encoders)) {
    const secret = randomSecret()
    redactor.add([secret])
    const [encoded, evidence] = encode(secret)
    // A row is JSON, so text in it is escaped.
    forbidden.push(evidence, JSON.stringify(evidence).slice(1, -1))
    const cutAt = (limit: number) =>
      `${'x'.repeat(limit - randomInt(encoded.length + 1))}${encoded} tail`
    const bytes = Buffer.from(`${cutAt(256 * 1024)}${'y'.repeat(randomInt(2_000))}\n`)
    const chunk = randomInt(bytes.length)
    log.push({ stream: 'stdout', bytes: bytes.subarray(0, chunk) })
    log.push({ stream: 'stdout', bytes: bytes.subarray(chunk) })
    const span = record.events.span('exec', { argv: [encoded] })
    span.end(outputOf(record, { stdout: cutAt(8 * 1024), stderr: encoded }))
    record.events.write('svc.add', { service: { image: encoded, env: { [encoded]: [encoded] } } })
    record.events.write('env.change', { diff: { [encoded]: [encoded, null] } })
    const html = keepText(record, cutAt(8 * 1024))
    record.events.write('cap.mail', {
      id: encoded,
      from: encoded,
      to: [encoded],
      subject: `a subject with ${encoded} in it`,
      bytes: 1,
      text: keepText(record, encoded).text,
      html: html.text,
      blobs: blobsOf({ html }) ?? {},
      attachments: [{ name: encoded, type: 'text/plain', bytes: 1 }],
    })
    record.events.write('cap.object', { do: 'put', bucket: encoded, key: `a/${encoded}` })
    record.events.write('cap.missing', { reason: encoded })
    const client = { client: 'vitest', pid: 1, runtime: 'node 24.0.0' }
    record.events.write('client', { ...client, argv: ['vitest', '-t', encoded] })
    record.describe({ [encoded]: encoded })
  }
  log.end()
  log[Symbol.dispose]()
  record[Symbol.dispose]()
  const written = readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((file) => file.isFile())
    .map((file) => readFileSync(join(file.parentPath, file.name), 'utf8'))
    .join('\n')
  for (const text of forbidden) expect(written.includes(text), text).toBe(false)
  expect(written.split('•••').length).toBeGreaterThan(Object.keys(encoders).length * 5)
}, 60_000)

test('a key of letters that base64 made of a secret is redacted, and names of fields are not', () => {
  const redactor = createRedactor()
  redactor.add(['(^b^0@*,b', 'exitCode'])
  expect(redactor.value({ dXMoXmJeMEAqLGIh: 1, exitCode: 2 })).toEqual({
    'dXM•••Ih': 1,
    exitCode: 2,
  })
})
