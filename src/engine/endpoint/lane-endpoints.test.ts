import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { openCall } from '../../call/call.ts'
import { Lane } from '../lane/lane.ts'
import { SharedServers } from '../share/shared-servers.ts'
import { asked, openScene, topology } from '../test-scene.ts'

/** A lane with one endpoint, on the in-memory runtime. */
const fixture = async (services?: readonly string[]) => {
  const scene = await openScene({ programs: {} })
  const shared = new SharedServers(scene.context, 'shop', 'run')
  const spec = topology({
    hooks: { endpoint: 'test', ports: { http: { port: 8080, scheme: 'http' } } },
  })
  const lane = new Lane(scene.context, shared, { name: 'lane_1', key: undefined, spec })
  await lane.start(services, asked)
  return {
    lane,
    scene,
    async [Symbol.asyncDispose]() {
      await lane.end({ serversEndToo: true })
      await scene[Symbol.asyncDispose]()
    },
  }
}

const answering = async (text: string) => {
  const server = createServer((_, response) => response.end(text))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

test('an endpoint publishes nothing and has an address before a test listens', async () => {
  await using made = await fixture()
  const { lane, scene } = made
  expect(lane.viewOf('hooks')).toMatchObject({ state: 'ready', outputs: {} })
  const created = scene.calls.find(({ method }) => method === 'createSandbox')
  expect(created?.args[0]).toMatchObject({ aliases: ['hooks'], publish: [] })
})

test('only one test listens at a port of an endpoint, and the next one when it has stopped', async () => {
  await using made = await fixture()
  const { endpoints } = made.lane
  await using server = await answering('here')
  const { id, url } = await endpoints.listen({ service: 'hooks', to: server.port }, asked)
  expect(url).toBe('http://hooks:8080')
  await expect(
    endpoints.listen({ service: 'hooks', to: server.port }, asked),
  ).rejects.toMatchObject({ code: 'SERVICE_IN_USE', facts: { endpoint: 'hooks.http' } })
  const closing = endpoints.unlisten(id)
  const again = await endpoints.listen({ service: 'hooks', to: server.port }, asked)
  await closing
  await endpoints.unlisten(again.id)
  await endpoints.unlisten(again.id)
})

test('an unknown port of an endpoint is named with the known ones', async () => {
  await using made = await fixture()
  await expect(
    made.lane.endpoints.listen({ service: 'hooks', port: 'htp', to: 1 }, asked),
  ).rejects.toMatchObject({
    code: 'SERVICE_UNKNOWN',
    message: expect.stringContaining('did you mean "http"'),
  })
})

test('an endpoint that was left out of the lease cannot be listened at', async () => {
  await using made = await fixture([])
  await expect(
    made.lane.endpoints.listen({ service: 'hooks', to: 1 }, asked),
  ).rejects.toMatchObject({ code: 'SERVICE_NOT_STARTED' })
})

test('a caller that gives up does not leave a listener behind', async () => {
  await using made = await fixture()
  const abort = new AbortController()
  using call = openCall('listening', {}, { signal: abort.signal })
  abort.abort(new Error('enough'))
  const { endpoints } = made.lane
  await expect(endpoints.listen({ service: 'hooks', to: 1 }, call)).rejects.toBeDefined()
  await using server = await answering('here')
  await endpoints.listen({ service: 'hooks', to: server.port }, asked)
})
