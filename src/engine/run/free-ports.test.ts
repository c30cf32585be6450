import { createServer, type Server } from 'node:net'
import { expect, test } from 'vitest'
import { createFreePorts } from './free-ports.ts'

const listen = (port: number): Promise<Server> =>
  new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => resolve(server))
  })

test('picked ports are free and never picked twice', async () => {
  const ports = createFreePorts('127.0.0.1')
  const given = [...(await ports.pick(5)), ...(await ports.pick(5)), ...(await ports.pick(0))]
  expect(new Set(given).size).toBe(10)
  const servers = await Promise.all(given.map(listen))
  for (const server of servers) server.close()
})

test('concurrent picks return different ports', async () => {
  const ports = createFreePorts('127.0.0.1')
  const given = (await Promise.all([ports.pick(4), ports.pick(4), ports.pick(4)])).flat()
  expect(new Set(given).size).toBe(12)
})
