import { defineTopology, lease } from 'mesocosm'
import { app } from '../lib/app.ts'
import { expect, test } from '../lib/test.ts'
import { faultOf } from './lease.ts'

/** Long enough for the program to listen on a busy machine; both services use it up. */
const readyTimeoutMs = 10_000

const listening = (where: string) => ({
  ...app,
  readyTimeoutMs,
  command: ['node', '-e', `require('node:http').createServer().listen(${where})`],
})

test('a service that listens where no probe reaches it is reported with where it listens', async ({
  sandbox,
}) => {
  const loopback = await faultOf(sandbox, { api: listening("3000, '127.0.0.1'") })
  expect(loopback).toMatchObject({
    code: 'SERVICE_NOT_READY',
    message: expect.stringContaining('it listens on 127.0.0.1:3000 only'),
    remedy: expect.stringMatching(
      /^make it listen on 0\.0\.0\.0:3000 instead of 127\.0\.0\.1:3000;/,
    ),
    facts: { service: 'api', listening: ['127.0.0.1:3000'] },
  })
  const other = await faultOf(sandbox, { api: listening('8081') })
  expect(other).toMatchObject({
    code: 'SERVICE_NOT_READY',
    message: expect.stringContaining('it listens on 8081, not on 3000'),
    remedy: expect.stringMatching(/^declare port 8081, or make it listen on 3000;/),
  })
})

test('run in a service that has ended says its name, its exit code and its last lines', async ({
  sandbox,
}) => {
  const command = ['node', '-e', 'console.log("dying"); process.exitCode = 4']
  await using lane = await lease(
    defineTopology({
      name: 'ended',
      root: sandbox.folder,
      services: { api: { image: app.image, command } },
    }),
  )
  const { api } = lane.services
  await api.logs.waitFor('dying')
  // It runs until its end; then every call says why it cannot.
  let refused: unknown
  while (refused === undefined)
    refused = await api.run(['true']).then(
      () => undefined,
      (error: unknown) => error,
    )
  expect(refused).toMatchObject({
    code: 'SERVICE_NOT_RUNNING',
    message: expect.stringContaining(
      `api is not running in lane ${lane.name}: it exited with code 4`,
    ),
    facts: { service: 'api', exitCode: 4 },
    lastLogs: ['dying'],
  })
})
