import { join } from 'node:path'
import { defineTopology, lease, ref } from 'mesocosm'
import { app, envOf } from '../../../test/lib/app.ts'
import type { Sandbox } from '../../../test/lib/sandbox.ts'
import { expect, test } from '../../../test/lib/test.ts'
import { s3Mock } from './index.ts'

const declare = ({ folder }: Sandbox, share: 'lane' | 'run' = 'lane') =>
  defineTopology({
    name: `s3-${share}`,
    root: folder,
    services: {
      files: s3Mock({ buckets: ['invoices', 'photos'], share }),
      app: {
        ...app,
        env: {
          S3_ENDPOINT: ref('files.url'),
          S3_BUCKET: ref('files.bucket'),
          S3_KEY: ref('files.accessKeyId'),
        },
      },
    },
  })

test('a test and a service use the same buckets, and a reset empties them', async ({ sandbox }) => {
  await using lane = await lease(declare(sandbox))
  const { app, files } = lane.services
  expect(files.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
  expect(files.bucket).toBe('invoices')
  expect(await envOf(app)).toMatchObject({
    S3_ENDPOINT: 'http://files:9000',
    S3_BUCKET: 'invoices',
    S3_KEY: files.accessKeyId,
  })

  const waiting = files.waitForObject({ bucket: 'invoices', key: /\.pdf$/ })
  // Uploads like a browser, which has a URL but no key.
  const url = await files.presign('invoices', 'a.pdf', { method: 'PUT', from: 'inside' })
  const upload = `fetch(process.argv[1], { method: 'PUT', body: 'paid' }).then((a) => process.exit(a.ok ? 0 : 1))`
  expect(await app.run(['node', '-e', upload, url])).toMatchObject({ exitCode: 0 })
  expect(await waiting).toMatchObject({ key: 'a.pdf', size: 4 })
  expect((await files.get('invoices', 'a.pdf')).text()).toBe('paid')

  await files.restart()
  expect(await files.exists('invoices', 'a.pdf')).toBe(true)

  await lane.reset()
  expect(await files.list('invoices')).toEqual([])
  await files.put('photos', 'again', 'x')
  await lane.reset({ level: 'deep' })
  expect(await files.list('photos')).toEqual([])
})

test('a server joins a running lane, is used by a service, and is removed', async ({ sandbox }) => {
  await using lane = await lease(declare(sandbox))
  const { app } = lane.services
  {
    await using spare = await lane.add('spare', s3Mock({ buckets: ['kept'] }))
    const heard: string[] = []
    await using _ = await spare.onEvent(({ key }) => heard.push(key))
    await using _env = await app.withEnv({ S3_ENDPOINT: 'http://spare:9000' })
    const url = await spare.presign('kept', 'from-app', { method: 'PUT', from: 'inside' })
    expect(url).toContain((await envOf(app)).S3_ENDPOINT)
    const upload = `fetch(process.argv[1], { method: 'PUT', body: 'x' })`
    await app.run(['node', '-e', upload, url])
    await expect.poll(() => heard, { interval: 20 }).toEqual(['from-app'])
  }
  expect((await envOf(app)).S3_ENDPOINT).toBe('http://files:9000')
  expect(await lane.services.files.list('invoices')).toEqual([])
})

test('lanes on a shared server do not see each other', async ({ sandbox }) => {
  const topology = declare(sandbox, 'run')
  await using one = await lease(topology, { key: 'one' })
  await using two = await lease(topology, { key: 'two' })
  const [a, b] = [one.services.files, two.services.files]
  expect(a.url).toBe(b.url)
  expect(a.accessKeyId).not.toBe(b.accessKeyId)
  await a.put('invoices', 'k', 'of one')
  await b.put('invoices', 'k', 'of two')
  expect((await a.get('invoices', 'k')).text()).toBe('of one')
  await one.reset()
  expect(await a.list('invoices')).toEqual([])
  expect((await b.get('invoices', 'k')).text()).toBe('of two')
})

test('a service gets notifications of the declared buckets', async ({ sandbox }) => {
  const topology = defineTopology({
    name: 's3-notify',
    root: sandbox.folder,
    services: {
      files: s3Mock({ buckets: ['invoices'], notify: ['http://app:3000/hook'] }),
      app: {
        image: app.image,
        command: ['node', '/receiver.cjs'],
        files: [{ from: join(import.meta.dirname, '../test/receiver.cjs'), to: '/receiver.cjs' }],
        ports: { http: 3000 },
      },
    },
  })
  await using lane = await lease(topology)
  const { files, app: receiver } = lane.services
  const notified = async (pattern: RegExp) =>
    JSON.parse((await receiver.logs.waitFor(pattern)).text)

  await files.put('invoices', 'an invoice.pdf', 'paid')
  expect(await notified(/ObjectCreated/)).toMatchObject({
    Records: [
      {
        eventSource: 'aws:s3',
        eventName: 'ObjectCreated:Put',
        s3: { bucket: { name: 'invoices' }, object: { key: 'an+invoice.pdf', size: 4 } },
      },
    ],
  })
  await files.delete('invoices', 'an invoice.pdf')
  expect(await notified(/ObjectRemoved/)).toMatchObject({
    Records: [{ s3: { object: { key: 'an+invoice.pdf' } } }],
  })

  await lane.reset()
  await files.put('invoices', 'after', 'x')
  await notified(/"key":"after"/)
})
