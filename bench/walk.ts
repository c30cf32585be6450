/*
 * Prints what one `withEnv` runs, for topologies of 5, 50 and 200 services: files, functions and calls of `src`, and
 * bytes on the wire. Client, socket and supervisor are real; the runtime is in memory.
 *
 *   node bench/walk.ts [services…]
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { Session as Inspector } from 'node:inspector/promises'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createBaseHandle } from '../src/client/handle/base-handle.ts'
import { LaneLink } from '../src/client/lane/lane-link.ts'
import { createMemoryRecord } from '../src/client/record/memory-record.ts'
import { createCaller } from '../src/client/session/caller.ts'
import type { Session } from '../src/client/session/connect.ts'
import { greet } from '../src/client/session/greet.ts'
import { RunEngine } from '../src/engine/run/run-engine.ts'
import { app, daemon, openScene, topology } from '../src/engine/test-scene.ts'
import { Supervisor } from '../src/supervisor/supervisor.ts'

interface Walk {
  readonly services: number
  readonly files: number
  readonly functions: number
  readonly calls: number
  readonly sent: number
  readonly received: number
}

/** Runs one `withEnv` on a ready lane of `size` services and measures it. */
const walk = async (size: number): Promise<Walk> => {
  await using scene = await openScene({ programs: { daemon } })
  const engine = new RunEngine(scene.context, scene.redactor)
  await engine.watch(() => {})
  const supervisor = new Supervisor({
    token: 'bench',
    graceMs: 60_000,
    engine: Promise.resolve(engine),
    redactor: scene.redactor,
    onEnd: () => {},
  })
  const folder = mkdtempSync(join(tmpdir(), 'mesocosm-walk-'))
  const path = join(folder, 's')
  const server = createServer((socket) => supervisor.accept(socket))
  await new Promise<void>((resolve) => server.listen(path, resolve))
  const socket = connect(path)
  const caller = createCaller(socket)
  const run = { name: 'bench', socket: path }
  const facts = await greet(caller, { token: 'bench', client: 'bench', run, timeoutMs: 20_000 })
  const services = Object.fromEntries(Array.from({ length: size }, (_, n) => [`s${n}`, app()]))
  const view = await caller.call('lease', { spec: topology(services) })
  const link = new LaneLink({ caller, facts } as Session, createMemoryRecord(), view)
  const handle = createBaseHandle(link, 's3', async () => {})

  const inspector = new Inspector()
  inspector.connect()
  await inspector.post('Profiler.enable')
  await inspector.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false })
  const before = { sent: socket.bytesWritten, received: socket.bytesRead }
  await handle.withEnv({ A: '1' })
  const { result } = await inspector.post('Profiler.takePreciseCoverage')
  const sent = socket.bytesWritten - before.sent
  const received = socket.bytesRead - before.received
  inspector.disconnect()

  caller.close()
  supervisor.end('bench')
  server.close()
  rmSync(folder, { recursive: true, force: true })
  const own = result
    .filter(({ url }) => /\/src\/(?!runtime\/memory|engine\/test-scene)/.test(url))
    .map(({ functions }) => functions.filter(({ ranges }) => (ranges[0]?.count ?? 0) > 0))
    .filter((functions) => functions.length > 0)
  return {
    services: size,
    files: own.length,
    functions: own.flat().length,
    calls: own.flat().reduce((sum, { ranges }) => sum + (ranges[0]?.count ?? 0), 0),
    sent,
    received,
  }
}

const sizes = process.argv.slice(2).map(Number)
const rows: Walk[] = []
for (const size of sizes.length > 0 ? sizes : [5, 50, 200]) rows.push(await walk(size))
console.table(rows)
process.exit(0)
