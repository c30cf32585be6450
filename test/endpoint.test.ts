import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { defineTopology, lease, ref, testEndpoint } from 'mesocosm'
import { loadTrace } from 'mesocosm/operate'
import { app, askFrom, envOf } from './lib/app.ts'
import type { Sandbox } from './lib/sandbox.ts'
import { expect, test } from './lib/test.ts'

const open = ({ folder }: Sandbox, key: string) =>
  lease(
    defineTopology({
      name: 'endpoint',
      root: folder,
      // #region declare
      services: {
        hooks: testEndpoint(),
        api: { ...app, env: { WEBHOOK_URL: [ref('hooks.http.url'), '/paddle'] } },
      },
      // #endregion
    }),
    { key },
  )

type Open = Awaited<ReturnType<typeof open>>

/** Returns what the service gets from the address in its environment. */
const call = async ({ services: { api } }: Open) => {
  const { WEBHOOK_URL = '' } = await envOf(api)
  return (await askFrom(api, WEBHOOK_URL)).answer
}

test('a service reaches the test at an address that it had before the test listened', async ({
  sandbox,
}) => {
  await using lane = await open(sandbox, 'one')
  const before = await envOf(lane.services.api)
  expect(before.WEBHOOK_URL).toBe('http://hooks:8080/paddle')
  expect(await call(lane)).toBeUndefined()
  const paths: (string | undefined)[] = []
  {
    // #region listen
    await using listener = await lane.listen('hooks', (request, response) => {
      paths.push(request.url)
      response.end('from the test')
    })
    // #endregion
    expect(listener.url).toBe('http://hooks:8080')
    expect(await call(lane)).toContain('from the test')
    await expect(lane.listen('hooks', 1)).rejects.toMatchObject({ code: 'SERVICE_IN_USE' })
  }
  expect(paths).toEqual(['/paddle'])
  expect(await call(lane)).toBeUndefined()
  expect(await envOf(lane.services.api)).toEqual(before)
})

test('two lanes reach their own tests, by a server and by its port', async ({ sandbox }) => {
  await using one = await open(sandbox, 'one')
  await using two = await open(sandbox, 'two')
  const server = createServer((_, response) => response.end('one'))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const other = createServer((_, response) => response.end('two'))
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
  try {
    await one.listen('hooks', server)
    await two.listen('hooks', (other.address() as AddressInfo).port)
    expect(await call(one)).toContain('one')
    expect(await call(two)).toContain('two')
    await one.reset()
    expect(await call(one)).toBeUndefined()
    expect(await call(two)).toContain('two')
  } finally {
    server.close()
    other.close()
  }
})

test('each connection is in the record: who connected, and how many bytes', async ({ sandbox }) => {
  const lane = await open(sandbox, 'recorded')
  const listener = await lane.listen('hooks', (_, response) => response.end('x'.repeat(5_000)))
  await call(lane)
  await listener.close()
  await lane.release()
  const run = sandbox.runs().at(-1) ?? ''
  const trace = loadTrace(join(sandbox.folder, '.mesocosm', 'runs', run))
  const calls = trace.events.filter(({ k }) => k === 'endpoint.call')
  expect(calls.at(-1)).toMatchObject({ s: 'hooks', port: 'http', from: 'api' })
  const { received = 0, sent = 0 } = (calls.at(-1) ?? {}) as { received?: number; sent?: number }
  expect(received).toBeGreaterThan(50)
  expect(sent).toBeGreaterThan(5_000)
})

test('listening at a service, with an idle server or with a wrong port is refused', async ({
  sandbox,
}) => {
  await using lane = await open(sandbox, 'one')
  await expect(lane.listen('api' as never, 1)).rejects.toMatchObject({ code: 'SERVICE_IN_USE' })
  await expect(lane.listen('hooks', createServer())).rejects.toMatchObject({
    code: 'ARGUMENT_INVALID',
  })
  await expect(lane.listen('hooks', 70_000)).rejects.toMatchObject({ code: 'ARGUMENT_INVALID' })
})
