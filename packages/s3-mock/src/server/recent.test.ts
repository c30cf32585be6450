import { DeleteObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3'
import { expect, test } from 'vitest'
import { accessKeyId, startTestServer } from '../../test/server.ts'
import { capturedObjects } from '../client/captured-objects.ts'
import { createEventBus } from './events/bus.ts'
import { eventOf } from './events/event.ts'
import { keepRecent } from './events/recent.ts'

const { signal } = new AbortController()

test('writes and removals since the last reset are returned to those who ask afterwards', async () => {
  await using server = await startTestServer()
  const { url } = server
  const client = server.client()
  const captured = () => capturedObjects({ service: 'files', url, accessKeyId }, signal)
  expect(await captured()).toEqual([])
  const Bucket = 'bucket'
  await client.send(
    new PutObjectCommand({ Bucket, Key: 'a.pdf', Body: 'paid', ContentType: 'application/pdf' }),
  )
  await client.send(new DeleteObjectCommand({ Bucket, Key: 'a.pdf' }))
  const all = await captured()
  expect(all).toEqual([
    {
      kind: 'object',
      id: expect.any(String),
      at: expect.any(Date),
      do: 'put',
      bucket: 'bucket',
      key: 'a.pdf',
      bytes: 4,
      type: 'application/pdf',
    },
    {
      kind: 'object',
      id: expect.any(String),
      at: expect.any(Date),
      do: 'delete',
      bucket: 'bucket',
      key: 'a.pdf',
    },
  ])
  expect(new Set(all.map(({ id }) => id)).size).toBe(2)
  expect(await captured()).toEqual(all)
  const other = capturedObjects({ service: 'files', url, accessKeyId: 'another' }, signal)
  expect(await other).toEqual([])
  await fetch(`${url}/_mesocosm/keys/${accessKeyId}`, { method: 'POST' })
  expect(await captured()).toEqual([])
})

test('only the last thousand events are kept, each with an id of its own', () => {
  const bus = createEventBus()
  const recent = keepRecent(bus)
  const where = { accessKeyId, bucket: 'bucket' }
  for (let at = 0; at < 2_500; at++)
    bus.emit(eventOf('s3:ObjectCreated:Put', { ...where, key: `${at}` }, {}, false))
  bus.emit(eventOf('s3:ObjectTagging:Put', { ...where, key: 'not a write' }, {}, false))
  const all = recent.of(accessKeyId)
  expect([all.length, all[0]?.key, all.at(-1)?.key]).toEqual([1_000, '1500', '2499'])
  expect(new Set(all.map(({ id }) => id)).size).toBe(1_000)
  expect(keepRecent(bus, 1).of(accessKeyId)).toEqual([])
})
