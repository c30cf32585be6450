import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { defineTopology, lease, testEndpoint } from 'mesocosm'

/*
 * What an endpoint adds to the lease of a lane, and round trips of 64 bytes and megabytes per second from a service to
 * the test, through the engine's own stream: `node bench/endpoint.ts`. `bench/relay.ts` has the part of the relay.
 */

const leases = 5
const roundTrips = 500
const megabytes = 32

/** Runs in the service. */
const client = `
  const { once } = require('node:events')
  const { connect } = require('node:net')
  ;(async () => {
    const socket = connect(8080, 'hooks').setNoDelay(true)
    await once(socket, 'connect')
    const times = []
    for (let count = 0; count < ${roundTrips}; count++) {
      const start = performance.now()
      socket.write(Buffer.alloc(64))
      await once(socket, 'data')
      times.push(performance.now() - start)
    }
    const start = performance.now()
    socket.end(Buffer.alloc(${megabytes} * 2 ** 20))
    for await (const _ of socket);
    console.log(JSON.stringify({ times, ms: performance.now() - start }))
  })()`

const idle = {
  image: 'node:24-trixie-slim',
  command: ['node', '-e', 'setInterval(() => {}, 1e6)'],
  stopTimeoutMs: 0,
} as const

const folder = mkdtempSync(join(tmpdir(), 'mesocosm-bench-'))
writeFileSync(join(folder, 'package.json'), '{ "name": "bench", "private": true }\n')
const topology = defineTopology({
  name: 'bench',
  root: folder,
  services: { api: idle, hooks: testEndpoint() },
})
const part = (all: readonly number[], of: number) =>
  ([...all].sort((a, b) => a - b)[Math.floor(all.length * of)] ?? 0).toFixed(2)

/** Leases a new lane several times; the first lane of the run also makes images. */
const leaseMs = async (services: ('api' | 'hooks')[]): Promise<string> => {
  const times: number[] = []
  for (let count = 0; count < leases; count++) {
    const start = performance.now()
    const lane = await lease(topology, { key: `${services.join('-')}-${count}`, services })
    times.push(performance.now() - start)
    await lane.release()
  }
  return part(times, 0.5)
}

await using lane = await lease(topology, { key: 'calls' })
console.log(
  `lease: ${await leaseMs(['api'])} ms, with an endpoint ${await leaseMs(['api', 'hooks'])} ms`,
)

const server = createServer((socket) => void socket.pipe(socket))
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
const start = performance.now()
await using listener = await lane.listen('hooks', server)
console.log(`listen: ${(performance.now() - start).toFixed(1)} ms, ${listener.url}`)
const { stdout } = await lane.services.api.run(['node', '-e', client])
const { times, ms } = JSON.parse(stdout) as { times: number[]; ms: number }
console.log(`round trip: p50 ${part(times, 0.5)} ms, p99 ${part(times, 0.99)} ms`)
console.log(`there and back: ${((megabytes / ms) * 1_000).toFixed(0)} MiB/s`)
server.close()
rmSync(folder, { recursive: true, force: true })
