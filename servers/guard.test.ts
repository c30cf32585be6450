import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { guarded } from './guard.ts'

test('what a listener throws is the response to its request, or the end of its connection', async () => {
  const server = createServer(
    guarded(
      ({ url }) => {
        if (url === '/now') throw new Error('now')
        return Promise.reject(new Error('later'))
      },
      (error, { url }, response) => {
        if (url === '/twice') response.writeHead(500, { 'x-odd': 'a\nb' })
        response.writeHead(500).end((error as Error).message)
      },
    ),
  )
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  expect(await (await fetch(`${url}/now`)).text()).toBe('now')
  expect(await (await fetch(`${url}/later`)).text()).toBe('later')
  await expect(fetch(`${url}/twice`)).rejects.toThrow()
  expect(await (await fetch(`${url}/later`)).text()).toBe('later')
  server.closeAllConnections()
  server.close()
})

test('errors that belong to no request are logged, and the process goes on', () => {
  const guard = new URL('./guard.ts', import.meta.url)
  const program = `
    const { outliveErrors } = await import(${JSON.stringify(guard)})
    outliveErrors((line) => console.log(line.split('\\n')[0]))
    Promise.reject(new Error('rejected'))
    setImmediate(() => { throw new Error('thrown') })
    setImmediate(() => setImmediate(() => console.log('alive')))`
  const args = ['--input-type=module', '-e', program]
  expect(execFileSync(process.execPath, args, { encoding: 'utf8' }).trim().split('\n')).toEqual([
    'Error: rejected',
    'Error: thrown',
    'alive',
  ])
})
