import { expect, test } from 'vitest'
import { s3Mock } from './index.ts'

test('s3Mock is the bundled server by default, one per lane', () => {
  expect(s3Mock({ buckets: ['invoices'] })).toMatchObject({
    image: 'node:24-trixie-slim',
    share: 'lane',
    env: { S3_BUCKETS: 'invoices', S3_ACCESS_KEY_ID: 'mesocosm' },
    outputs: { region: 'us-east-1', accessKeyId: 'mesocosm', bucket: 'invoices' },
  })
})

test('a shared server has an access key per lane', () => {
  const node = s3Mock({ share: 'run' })
  expect(node).toMatchObject({ outputs: { accessKeyId: { ref: 'lane.name' } } })
  expect(node).not.toHaveProperty('env.S3_ACCESS_KEY_ID')
  expect(Object.keys((node as unknown as { tasks: object }).tasks)).toEqual([
    'enter',
    'leave',
    'reset',
    'deepReset',
  ])
})

test('buckets are aliases below each domain', () => {
  expect(s3Mock({ buckets: ['a-b', 'c-d'], domains: ['s3.test'] })).toMatchObject({
    aliases: ['s3.test', 'a-b.s3.test', 'c-d.s3.test'],
    env: { S3_DOMAINS: 'localhost,s3.test' },
  })
})

test('accounts and a server of any region are passed to the server', () => {
  expect(s3Mock({ accounts: ['partner', 'audit-1'], region: 'any' })).toMatchObject({
    env: { S3_ACCOUNTS: 'partner,audit-1', S3_REGION: 'any' },
    outputs: { region: 'us-east-1' },
  })
  expect(() => s3Mock({ accounts: ['fine', 'Not fine', 'fine'] })).toThrow(
    expect.objectContaining({
      code: 'TOPOLOGY_INVALID',
      message: expect.stringContaining('"Not fine", "fine"'),
    }),
  )
})

test('another server runs with its own image, port and keys', () => {
  expect(s3Mock({ server: 'adobe', buckets: ['one', 'two'] })).toMatchObject({
    image: 'adobe/s3mock:5.2.0',
    ports: { s3: { port: 9090 } },
    env: { COM_ADOBE_TESTING_S3MOCK_STORE_INITIAL_BUCKETS: 'one,two' },
  })
  const server = { image: 'own:1', port: 8333, accessKeyId: 'me' }
  expect(s3Mock({ server })).toMatchObject({ image: 'own:1', outputs: { accessKeyId: 'me' } })
})

test('s3Mock refuses invalid names of buckets', () => {
  expect(() => s3Mock({ buckets: ['fine', 'Not_Fine', '..'] })).toThrow(
    expect.objectContaining({
      code: 'TOPOLOGY_INVALID',
      message: expect.stringContaining('"Not_Fine", ".."'),
    }),
  )
})

test('s3Mock refuses options that only the bundled server has, with all other faults', () => {
  const options = { server: 'adobe', region: 'any', domains: ['s3.test'], buckets: ['No'] } as const
  expect(() => s3Mock(options)).toThrow(
    expect.objectContaining({
      code: 'TOPOLOGY_INVALID',
      message: expect.stringContaining(
        's3Mock cannot have a bucket named "No"; has domains, region only with the bundled server',
      ),
    }),
  )
  expect(s3Mock({ server: 'adobe', share: 'lane', domains: [], region: 'eu-west-1' })).toBeDefined()
})
