import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Duplex } from 'node:stream'
import { relayProgram } from '../src/docker/relay/relay-program.ts'
import { createRelayClient } from '../src/relay/client.ts'

/*
 * Round trips of 64 bytes and megabytes per second through the relay, whose program runs on this machine: `node
 * bench/relay.ts`. The engine's own stream comes on top. Needs Linux.
 */

const roundTrips = 2_000
const megabytes = 64

const folder = mkdtempSync(join(tmpdir(), 'mesocosm-bench-'))
const path = join(folder, 'relay')
writeFileSync(path, relayProgram(process.arch === 'arm64' ? 'arm64' : 'amd64'), { mode: 0o755 })
const child = spawn(path, { stdio: ['pipe', 'pipe', 'inherit'] })
const client = createRelayClient(Duplex.from({ writable: child.stdin, readable: child.stdout }))
const port = 47_811
await client.listen(port, ({ connection }) => void connection.pipe(connection))

const socket = connect(port, '127.0.0.1').setNoDelay(true)
const times: number[] = []
for (let count = 0; count < roundTrips; count++) {
  const start = performance.now()
  socket.write(Buffer.alloc(64))
  await once(socket, 'data')
  times.push(performance.now() - start)
}
times.sort((a, b) => a - b)
const percentile = (part: number) => (times[Math.floor(times.length * part)] ?? 0).toFixed(3)
console.log(`round trip: p50 ${percentile(0.5)} ms, p99 ${percentile(0.99)} ms`)

const start = performance.now()
socket.end(Buffer.alloc(megabytes * 2 ** 20))
for await (const _ of socket);
const seconds = (performance.now() - start) / 1_000
console.log(`there and back: ${(megabytes / seconds).toFixed(0)} MiB/s`)
await client[Symbol.asyncDispose]()
rmSync(folder, { recursive: true })
