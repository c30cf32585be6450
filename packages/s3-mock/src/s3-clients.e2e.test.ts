import { join } from 'node:path'
import { defineTopology, lease, ref } from 'mesocosm'
import { vi } from 'vitest'
import type { Sandbox } from '../../../test/lib/sandbox.ts'
import { expect, test } from '../../../test/lib/test.ts'
import { s3Mock } from './index.ts'

// Clients of other projects, each with a script of its S3 operations.

const declare = ({ folder }: Sandbox) =>
  defineTopology({
    name: 's3-clients',
    root: folder,
    services: {
      files: s3Mock({ buckets: ['invoices'], domains: ['s3.test'] }),
      client: {
        image: 'mesocosm-test/s3-clients:trixie',
        // Sleeps, because the tests run the clients in this service.
        command: ['sh', '-c', 'trap "exit 0" TERM; sleep 86400 & wait'],
        files: [{ from: join(import.meta.dirname, '../test/clients'), to: '/clients' }],
        env: {
          S3_ENDPOINT: ref('files.url'),
          AWS_DEFAULT_REGION: ref('files.region'),
          AWS_ACCESS_KEY_ID: ref('files.accessKeyId'),
          AWS_SECRET_ACCESS_KEY: ref('files.secretAccessKey'),
        },
      },
    },
  })

/** Some hundred starts of Python programs, each of which takes seconds on a busy machine. Only ends what hangs. */
const longestMs = 20 * 60_000
const inClients = { cwd: '/clients', timeoutMs: longestMs }
vi.setConfig({ testTimeout: longestMs })

test.for([
  { name: 'boto3', argv: ['python3', '-m', 'unittest', '-v', 'boto3_test'] },
  { name: 'aws-cli', argv: ['sh', 'aws-cli.sh'] },
  { name: 's3cmd', argv: ['sh', 's3cmd.sh'] },
  { name: 'rclone', argv: ['sh', 'rclone.sh'] },
])('$name works with the server as with S3', async ({ argv }, { sandbox }) => {
  await using lane = await lease(declare(sandbox))
  const { client, files } = lane.services
  const happened = new Set<string>()
  await using _ = await files.onEvent(({ name }) => happened.add(name))
  const { exitCode, stdout, stderr } = await client.run(argv, inClients)
  expect(exitCode, `${stdout}\n${stderr}`).toBe(0)
  // Without it a client that does not upload in parts would pass.
  await expect
    .poll(() => [...happened])
    .toEqual(
      expect.arrayContaining([
        'ObjectCreated:Put',
        'ObjectCreated:Copy',
        'ObjectCreated:CompleteMultipartUpload',
        'ObjectRemoved:Delete',
      ]),
    )
})

test('boto3, s3cmd and rclone address buckets by host name', async ({ sandbox }) => {
  await using lane = await lease(declare(sandbox))
  const { client, files } = lane.services
  const { exitCode, stdout, stderr } = await client.run(['sh', 'virtual-host.sh', 'invoices'], {
    ...inClients,
    env: { S3_ENDPOINT: 'http://s3.test:9000' },
  })
  expect(exitCode, `${stdout}\n${stderr}`).toBe(0)
  expect((await files.list('invoices')).map(({ key, size }) => ({ key, size }))).toEqual([
    { key: 'by boto3/ü', size: 1 },
    { key: 'by rclone/large', size: 6 * 1024 * 1024 },
    { key: 'by s3cmd/large', size: 6 * 1024 * 1024 },
  ])
})
