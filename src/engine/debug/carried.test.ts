import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { onTestFinished, test } from 'vitest'
import { CarriedConnections } from './carried.ts'

const target = {
  lane: 'lane_1',
  service: 'api',
  kind: 'node',
  test: () => undefined,
  resumed: () => {},
} as const

const listen = async (onConnection: (socket: Socket) => void): Promise<number> => {
  const sockets = new Set<Socket>()
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    onConnection(socket)
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return (server.address() as AddressInfo).port
}

/** A debugger whose connection is carried to a program, which is reached when `reach` is called. */
const fixture = async () => {
  const left = Promise.withResolvers<void>()
  const program = await listen((socket) => {
    for (const end of ['end', 'close']) socket.once(end, () => left.resolve())
    socket.resume()
  })
  const mayReach = Promise.withResolvers<void>()
  const carried = new CarriedConnections({ write: () => {} }, target)
  const arrived = Promise.withResolvers<Socket>()
  const door = await listen((socket) => {
    carried.carry(socket, async () => {
      await mayReach.promise
      const to = connect({ port: program, host: '127.0.0.1', allowHalfOpen: true })
      await once(to, 'connect')
      return { debugger: socket, program: to }
    })
    arrived.resolve(socket)
  })
  const ide = connect(door, '127.0.0.1')
  ide.on('error', () => undefined)
  const atDoor = await arrived.promise
  return { carried, ide, atDoor, left: left.promise, reach: mayReach.resolve }
}

test('connections end when they are cut while their program is reached', async () => {
  const { carried, left, reach } = await fixture()
  const cut = carried.cutAll()
  reach()
  await cut
  await left
})

test('a debugger that hangs up while its program is reached leaves no connection to it', async () => {
  const { carried, ide, atDoor, left, reach } = await fixture()
  const closed = new Promise((resolve) => atDoor.once('close', resolve))
  ide.resetAndDestroy()
  await closed
  reach()
  await left
  await carried.cutAll()
})
