import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { defineTopology, lease } from 'mesocosm'
import { median } from './lib/samples.ts'

/*
 * What the tunnel of a debugger costs, against a published port of the same service: round trips of 64 bytes, megabytes
 * there and back, and the time to the first answer of a new connection. `node bench/tunnel.ts [rounds]`; the rounds of
 * both alternate. The relay itself, without an engine, is in `bench/relay.ts`.
 */

const rounds = Number(process.argv[2] ?? 5)
const roundTrips = 500
const connections = 20
const megabytes = 16

const echo = `
const { createServer } = require('node:net')
for (const port of [7000, 7001])
  createServer((socket) => socket.setNoDelay(true).pipe(socket).on('error', () => {})).listen(port)
`
const folder = mkdtempSync(join(tmpdir(), 'mesocosm-bench-'))
writeFileSync(join(folder, 'package.json'), '{ "name": "bench", "private": true }\n')
const topology = defineTopology({
  name: 'bench',
  root: folder,
  services: {
    echo: {
      image: 'node:24-trixie-slim',
      command: ['node', '-e', echo],
      ports: { published: { port: 7000, scheme: 'tcp' } },
      // A debugger that the program starts by itself.
      debug: 7001,
    },
  },
})

const open = async (port: number) => {
  const socket = connect(port, '127.0.0.1').setNoDelay(true)
  await once(socket, 'connect')
  return socket
}

const answered = async (socket: ReturnType<typeof connect>, bytes: number) => {
  let rest = bytes
  while (rest > 0) rest -= ((await once(socket, 'data')) as [Buffer])[0].length
}

const measure = async (port: number) => {
  const socket = await open(port)
  const times: number[] = []
  for (let count = 0; count < roundTrips; count++) {
    const start = performance.now()
    socket.write(Buffer.alloc(64))
    await answered(socket, 64)
    times.push(performance.now() - start)
  }
  const start = performance.now()
  socket.end(Buffer.alloc(megabytes * 2 ** 20))
  for await (const _ of socket);
  const rate = megabytes / ((performance.now() - start) / 1_000)
  const firsts: number[] = []
  for (let count = 0; count < connections; count++) {
    const begin = performance.now()
    const one = await open(port)
    one.write('x')
    await answered(one, 1)
    firsts.push(performance.now() - begin)
    one.destroy()
  }
  times.sort((a, b) => a - b)
  return {
    p50: median(times),
    p99: times[Math.floor(times.length * 0.99)] ?? 0,
    first: median(firsts),
    rate,
  }
}

await using lane = await lease(topology)
const { echo: service } = lane.services
const opening = performance.now()
const debugged = await service.debug()
const first = await open(debugged.port)
first.write('x')
await answered(first, 1)
const openMs = performance.now() - opening
first.destroy()

type Result = Awaited<ReturnType<typeof measure>>
const ways = { published: service.published.port, tunnel: debugged.port }
const results: Record<keyof typeof ways, Result[]> = { published: [], tunnel: [] }
const loads: number[] = []
for (let round = 0; round < rounds; round++) {
  for (const way of ['published', 'tunnel'] as const) results[way].push(await measure(ways[way]))
  loads.push(loadavg()[0] ?? 0)
}
console.log(`medians of ${rounds} rounds, load ${Math.min(...loads)}–${Math.max(...loads)}`)
console.log(`first connection with the relay's start: ${openMs.toFixed(0)} ms`)
for (const [way, all] of Object.entries(results)) {
  const of = (key: keyof Result) => median(all.map((one) => one[key]))
  const trip = `round trip p50 ${of('p50').toFixed(3)} ms, p99 ${of('p99').toFixed(3)} ms`
  const rest = `first answer ${of('first').toFixed(2)} ms, ${of('rate').toFixed(0)} MiB/s there and back`
  console.log(`${way.padEnd(10)} ${trip}, ${rest}`)
}
rmSync(folder, { recursive: true, force: true })
