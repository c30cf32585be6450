import { expect, test } from 'vitest'
import type { Capture, CapturedMail } from '../../define/capture.ts'
import { createCaptures } from './captures.ts'
import { createMemoryRecord } from './memory-record.ts'

const mail = (id: string, more: Partial<CapturedMail> = {}): CapturedMail => ({
  kind: 'mail',
  id,
  at: new Date(1_000),
  from: 'shop@example.test',
  to: ['ann@example.test'],
  subject: 'welcome',
  bytes: 10,
  ...more,
})

const open = ({ timeoutMs = 60_000, running = ['mail'] } = {}) => {
  const record = createMemoryRecord()
  const captures = createCaptures({
    lane: 'lane_1',
    record,
    runs: (service) => running.includes(service),
    timeoutMs,
  })
  return { record, captures }
}

test('what a service has captured is recorded once, with the time of the server', async () => {
  const { record, captures } = open()
  const box: Capture[] = [mail('1', { text: 'hi', attachments: [] })]
  captures.add('mail', async () => box)
  captures.test = 'abc#0'
  await captures.collect()
  box.push({
    kind: 'object',
    id: '2',
    at: new Date(2_000),
    do: 'put',
    bucket: 'invoices',
    key: '1.pdf',
    bytes: 4,
  })
  await captures.collect()
  expect(record.written).toEqual([
    {
      k: 'cap.mail',
      t: 1_000,
      x: 'abc#0',
      l: 'lane_1',
      s: 'mail',
      id: '1',
      from: 'shop@example.test',
      to: ['ann@example.test'],
      subject: 'welcome',
      bytes: 10,
      text: 'hi',
    },
    {
      k: 'cap.object',
      t: 2_000,
      x: 'abc#0',
      l: 'lane_1',
      s: 'mail',
      do: 'put',
      bucket: 'invoices',
      key: '1.pdf',
      bytes: 4,
    },
  ])
})

test('what comes between two tests belongs to none', async () => {
  const { record, captures } = open()
  captures.add('mail', async () => [mail('1')])
  await captures.collect()
  expect(record.written).toMatchObject([{ k: 'cap.mail', l: 'lane_1' }])
  expect(record.written[0]).not.toHaveProperty('x')
})

test('only services that run are asked, and only those that are named', async () => {
  const { captures } = open({ running: ['mail', 'files'] })
  const asked: string[] = []
  for (const service of ['mail', 'files', 'stopped'])
    captures.add(service, async () => {
      asked.push(service)
      return []
    })
  await captures.collect(['files', 'stopped'])
  expect(asked).toEqual(['files'])
  await captures.collect()
  expect(asked).toEqual(['files', 'mail', 'files'])
})

test('a service that fails or does not answer fails nothing, and the record says what is missing', async () => {
  const { record, captures } = open({ timeoutMs: 20, running: ['mail', 'silent'] })
  captures.add('mail', () => Promise.reject(new Error('gone')))
  captures.add('silent', () => new Promise(() => {}))
  captures.test = 'abc#0'
  await captures.collect()
  expect(record.written).toEqual([
    { k: 'cap.missing', x: 'abc#0', l: 'lane_1', s: 'mail', reason: 'gone' },
    { k: 'cap.missing', x: 'abc#0', l: 'lane_1', s: 'silent', reason: 'no answer within 20 ms' },
  ])
})

test('a long body is cut in the entry, and kept whole in a file without secrets', async () => {
  const { record, captures } = open()
  record.redactor.add(['hush-hush'])
  const html = `<p>${'x'.repeat(8 * 1024 - 8)}hush-hush and more</p>`
  captures.add('mail', async () => [mail('1', { html, at: new Date(Number.NaN) })])
  await captures.collect()
  const [entry] = record.written
  expect(entry).toMatchObject({ blobs: { html: { sha256: 'memory' } } })
  expect(String(entry?.html)).toHaveLength(8 * 1024)
  expect(JSON.stringify(record.written)).not.toContain('hush-')
  expect(Number(entry?.t)).toBeGreaterThan(1_000)
})

test('nothing is asked if nothing is recorded', async () => {
  const record = createMemoryRecord()
  const captures = createCaptures({ lane: 'lane_1', record, runs: () => true, off: true })
  captures.add('mail', () => Promise.reject(new Error('asked')))
  await captures.collect()
  expect(record.written).toEqual([])
})
