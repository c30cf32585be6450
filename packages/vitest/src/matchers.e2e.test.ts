import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Consumer, type ConsumerRun, openConsumer } from '../test/consumer.ts'

/*
 * Matchers with real services, in a project of its own that Vitest runs once. Tests named `fails …` must fail.
 */

const files = {
  'topology.ts': `import { mailhog } from '@mesocosm/mailhog'
import { s3Mock } from '@mesocosm/s3-mock'
import { defineTopology } from 'mesocosm'

const source = \`
process.on('SIGTERM', () => process.exit())
require('http').createServer((request, response) => {
  console.log(request.method + ' ' + request.url)
  response.end()
}).listen(80, () => console.log('listening'))
\`
export const topology = defineTopology({
  name: 'matchers',
  services: {
    mail: mailhog({ server: 'bundled' }),
    files: s3Mock({ buckets: ['invoices'] }),
    api: { image: 'node:24-trixie-slim', command: ['node', '-e', source], ports: { http: 80 } },
  },
})
`,
  'send.ts': `import { createTransport } from 'nodemailer'

export const send = async ({ smtp }, { to, subject = 'Welcome' }) => {
  const transport = createTransport({ host: smtp.host, port: smtp.port })
  await transport.sendMail({ from: 'shop@x.test', to, subject, text: 'Hello' })
  transport.close()
}
export const later = (work) => void setTimeout(() => void work().catch(console.error), 200)
`,
  'matchers.test.ts': `import { createTest } from '@mesocosm/vitest'
import { later, send } from './send.ts'
import { topology } from './topology.ts'

const { test, expect } = createTest(topology)

test('holds for what is there', async ({ mail, files, api }) => {
  await send(mail, { to: 'ann@x.test' })
  await expect(mail).toHaveReceived({ to: 'ann@x.test' })
  await expect(mail).toHaveReceived()
  await expect(mail).toHaveReceived({ to: expect.stringMatching(/^ann@/), subject: expect.stringContaining('Wel') })
  await expect(mail).toHaveReceived(expect.objectContaining({ subject: 'Welcome' }))
  await files.put('invoices', 'a.pdf', 'x')
  await expect(files).toHaveObject('invoices', 'a.pdf')
  await expect(files).toHaveObject('invoices', /pdf$/)
  await expect(files).toHaveObject('invoices', expect.stringMatching(/^a/))
  await fetch(api.http.url + '/there')
  await expect(api.logs).toContainLine(/^GET .there$/)
  await expect(api.logs).toContainLine('there')
  await expect(api.logs).toContainLine(expect.stringContaining('there'))
})
test('waits for what comes later', async ({ mail, files, api }) => {
  later(() => send(mail, { to: 'ann@x.test' }))
  await expect(mail).toHaveReceived({ to: 'ann@x.test' })
  later(() => files.put('invoices', 'late.pdf', 'x'))
  await expect(files).toHaveObject('invoices', 'late.pdf')
  later(() => fetch(api.http.url + '/late'))
  await expect(api.logs).toContainLine('/late')
})
test('holds with not for what is missing', async ({ mail, files, api }) => {
  await expect(mail).not.toHaveReceived({}, { duringMs: 100 })
  await expect(files).not.toHaveObject('invoices', 'a.pdf')
  await expect(files).not.toHaveObject('no-such-bucket', 'a.pdf')
  await expect(api.logs).not.toContainLine('/there')
})
test('waits with not until an object is gone', async ({ files }) => {
  await files.put('invoices', 'old.pdf', 'x')
  later(() => files.delete('invoices', 'old.pdf'))
  await expect(files).not.toHaveObject('invoices', 'old.pdf')
})
test('fails with the mails that came', async ({ mail }) => {
  await send(mail, { to: 'bob@x.test', subject: 'Your order' })
  await expect(mail).toHaveReceived({ to: 'ann@x.test' }, { timeoutMs: 0 })
})
test('fails with the keys of the bucket', async ({ files }) => {
  await files.put('invoices', 'b.pdf', 'x')
  await expect(files).toHaveObject('invoices', 'a.pdf', { timeoutMs: 0 })
})
test('fails with the last lines', async ({ api }) => {
  await fetch(api.http.url + '/other')
  await expect(api.logs).toContainLine('/other')
  await expect(api.logs).toContainLine('/there', { timeoutMs: 0 })
})
test('fails with not for a mail that is there', async ({ mail }) => {
  await send(mail, { to: 'ann@x.test' })
  await expect(mail).toHaveReceived()
  await expect(mail).not.toHaveReceived({ to: 'ann@x.test' })
})
test('fails with not for a mail that comes', async ({ mail }) => {
  later(() => send(mail, { to: 'ann@x.test' }))
  await expect(mail).not.toHaveReceived({ to: 'ann@x.test' }, { duringMs: 20_000 })
})
test('fails softly and goes on', async ({ mail, files }) => {
  await expect.soft(mail).toHaveReceived({ to: 'soft@x.test' }, { timeoutMs: 0 })
  await expect.soft(files).toHaveObject('invoices', 'soft.pdf', { timeoutMs: 0 })
  throw new Error('reached the end')
})
test('fails for the wrong value', async ({ mail, files, api }) => {
  await expect.soft(files).toHaveReceived()
  await expect.soft(mail).toHaveObject('invoices')
  await expect.soft(api).toContainLine('x')
  await expect.soft('text').toHaveReceived()
})
test('fails for what a match cannot be', async ({ mail, api }) => {
  await expect.soft(mail).not.toHaveReceived({ too: 'ann@x.test' })
  await expect.soft(mail).toHaveReceived({}, { timeout: 1 })
  await expect.soft(api.logs).toContainLine(1)
})
test('fails with not for a server that does not answer', async ({ mail }) => {
  await mail.stop()
  await expect(mail).not.toHaveReceived()
})
`,
}

let consumer: Consumer
let run: ConsumerRun

beforeAll(async () => {
  consumer = openConsumer(files)
  run = await consumer.run()
})
afterAll(() => consumer[Symbol.dispose]())

const outcomeOf = (name: string) => run.said[`matchers.test.ts › ${name}`]
/** The message of a failed test, without the lines of code that follow it. */
const messagesOf = (name: string): readonly string[] =>
  run.messages[`matchers.test.ts › ${name}`] ?? []

test('every test ends as its name says', () => {
  const wrong = Object.entries(run.said).filter(
    ([name, status]) => status !== (name.includes('› fails') ? 'failed' : 'passed'),
  )
  expect(wrong, run.output).toEqual([])
  expect(Object.keys(run.said)).toHaveLength(13)
  expect(outcomeOf('waits for what comes later')).toBe('passed')
})

test('a failure shows what was awaited, and what was there', () => {
  expect(messagesOf('fails with the mails that came')).toEqual([
    expect.stringMatching(
      /expect\(mail\)\.toHaveReceived failed: waiting for a mail with to "ann@x\.test" in mail took longer than 0 ms: 1 other mail arrived.*\n {2}- "Your order" from shop@x\.test to bob@x\.test at /,
    ),
  ])
  expect(messagesOf('fails with the keys of the bucket')).toEqual([
    expect.stringMatching(
      /an object a\.pdf in bucket invoices in files [\s\S]*- invoices\/b\.pdf /,
    ),
  ])
  expect(messagesOf('fails with the last lines')).toEqual([
    expect.stringMatching(/api wrote no line matching \/there [\s\S]*\| GET \/other\n/),
  ])
})

test('a failure with not shows what should not be there', () => {
  expect(messagesOf('fails with not for a mail that is there')).toEqual([
    expect.stringMatching(
      /expect\(mail\)\.not\.toHaveReceived failed: found a mail with to "ann@x\.test" in mail\n {2}- "Welcome" from/,
    ),
  ])
  expect(messagesOf('fails with not for a mail that comes')).toEqual([
    expect.stringMatching(
      /found a mail with to "ann@x\.test" in mail within 20000 ms\n {2}- "Welc/,
    ),
  ])
})

test('soft failures are all reported, and the test goes on', () => {
  expect(messagesOf('fails softly and goes on')).toEqual([
    expect.stringContaining('soft@x.test'),
    expect.stringContaining('soft.pdf'),
    expect.stringContaining('reached the end'),
  ])
})

test('a wrong value, a wrong argument and a stopped server are errors, also with not', () => {
  expect(messagesOf('fails for the wrong value')).toEqual([
    expect.stringContaining('use expect(mail).toHaveReceived(…)'),
    expect.stringContaining('use expect(files).toHaveObject(…)'),
    expect.stringContaining('use expect(api.logs).toContainLine(…)'),
    expect.stringContaining('expect(a string) has no toHaveReceived'),
  ])
  expect(messagesOf('fails for what a match cannot be')).toEqual([
    expect.stringContaining('unknown key "too"'),
    expect.stringContaining('did you mean "timeoutMs"'),
    expect.stringContaining('cannot match a line by 1'),
  ])
  expect(messagesOf('fails with not for a server that does not answer')).toEqual([
    expect.stringMatching(/mail does not answer .*; mail was stopped/),
  ])
})

test('matchers are calls in the record, with what they found', () => {
  const found = run.trace.tests
    .filter(({ name }) => name.endsWith('that came') || name.endsWith('later'))
    .flatMap(({ children }) => children)
    .filter(({ name }) => name.startsWith('expect.'))
    .map(({ name, status, error }) => [name, status, error?.message.split(':', 1)[0]])
  expect(found).toEqual([
    ['expect.toHaveReceived mail', 'done', undefined],
    ['expect.toHaveObject files', 'done', undefined],
    ['expect.toContainLine api', 'done', undefined],
    ['expect.toHaveReceived mail', 'failed', 'expect(mail).toHaveReceived failed'],
  ])
})
