import { createServer } from 'node:http'
import { expect, test } from 'vitest'
import { createHelloClient } from './client.ts'

/** Starts a server that never answers. */
const silent = async () => {
  const server = createServer(() => {})
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { readonly port: number }
  return {
    client: createHelloClient('greeter', () => `http://127.0.0.1:${port}`),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

test('a call that is not answered ends with its timeout', async () => {
  await using greeter = await silent()
  await expect(greeter.client.guests({ timeoutMs: 20 })).rejects.toMatchObject({
    code: 'TIMEOUT',
    summary: 'the guests of greeter took longer than 20 ms',
  })
})

test('a call that is aborted fails with the reason as its cause', async () => {
  await using greeter = await silent()
  const reason = new Error('enough')
  await expect(
    greeter.client.greet('Ada', { signal: AbortSignal.abort(reason) }),
  ).rejects.toMatchObject({ code: 'ABORTED', cause: reason })
})

test('a call fails with SERVICE_CLIENT_FAILED when the server does not accept connections', async () => {
  const client = createHelloClient('greeter', () => 'http://127.0.0.1:1')
  await expect(client.guests()).rejects.toMatchObject({
    code: 'SERVICE_CLIENT_FAILED',
    facts: { service: 'greeter' },
    remedy: expect.stringContaining('greeter.logs'),
  })
})
