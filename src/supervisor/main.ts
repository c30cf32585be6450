import { randomBytes } from 'node:crypto'
import { renameSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { parseArgs } from 'node:util'
import { createFreePorts } from '../engine/free-ports.ts'
import { createLimit } from '../engine/limit.ts'
import { RunEngine } from '../engine/run-engine.ts'
import { makePlace, placeNamed } from '../protocol/run-place.ts'
import { label } from '../runtime/labels.ts'
import { createRedactor } from '../trace/redact.ts'
import { openRunRecord } from '../trace/run-record.ts'
import { elect } from './election.ts'
import { ownIdentity, writeIdentity } from './owner-identity.ts'
import { readSettings } from './settings.ts'
import { Supervisor } from './supervisor.ts'
import { sweep } from './sweep.ts'

/*
 * The supervisor's process. Started detached by the first client that needs it, with its output to a file;
 * ends by itself. Signals of the terminal it was started from do not concern it.
 */

const { values } = parseArgs({ options: { run: { type: 'string' }, root: { type: 'string' } } })
const place = placeNamed(values.run as string)
const root = values.root as string
const settings = readSettings(process.env)
const say = (text: string) => process.stderr.write(`${new Date().toISOString()} ${text}\n`)

process.on('SIGINT', () => say('SIGINT ignored'))
process.on('SIGHUP', () => say('SIGHUP ignored'))
makePlace(place)
if (!elect(place)) {
  say('another supervisor serves this run')
  process.exit(0)
}

const run = `${new Date().toISOString().replace(/[-:]/g, '').slice(0, 15)}-${randomBytes(3).toString('hex')}`
const token = randomBytes(24).toString('base64url')
const redactor = createRedactor()

const isLoopback = (host: string) => host === 'localhost' || host === '::1' || host.startsWith('127.')

const openEngine = async (): Promise<RunEngine> => {
  const { createDockerRuntime } = await import('../docker/docker-runtime.ts')
  const runtime = await createDockerRuntime()
  const info = await runtime.info()
  say(`engine ${info.name} ${info.version} at ${info.endpoint}, found by ${info.foundBy}`)
  const record = openRunRecord(root, run, redactor)
  record.events.write('run.start', { engine: info, root, pid: process.pid })
  record.describe({ root, engine: info, pid: process.pid })
  const engine = new RunEngine(
    {
      runtime,
      info,
      record,
      run,
      labels: { [label.made]: '1', [label.run]: run, [label.owner]: writeIdentity(ownIdentity()) },
      limit: createLimit(settings.parallel ?? Math.max(4, info.cpus * 2)),
      freePorts: isLoopback(info.host) ? createFreePorts(info.host) : undefined,
      progress: (event) => supervisor.progress(event),
      logged: (lane, service) => supervisor.logged(lane, service),
    },
    redactor,
  )
  await engine.watch((error) => {
    say(error.message)
    void end('engine gone')
  })
  // Leftovers of runs that died are nobody's hurry, but somebody must remove them.
  sweep(runtime).then(
    (count) => count > 0 && say(`removed ${count} leftovers of runs that died`),
    (error: unknown) => say(`sweep: ${error instanceof Error ? error.message : String(error)}`),
  )
  return engine
}

const engine = openEngine()
const supervisor: Supervisor = new Supervisor({
  token,
  folder: place.folder,
  run,
  graceMs: settings.graceMs,
  engine,
  onEnd: (reason) => void end(reason),
})

let ending: Promise<void> | undefined
const end = (reason: string): Promise<void> => {
  ending ??= (async () => {
    say(`ending: ${reason}`)
    const start = performance.now()
    // Out of the way at once: whoever comes now finds no supervisor and starts the next one.
    const former = `${place.folder}.ended-${process.pid}`
    renameSync(place.folder, former)
    let failed = false
    try {
      const running = await engine
      await running[Symbol.asyncDispose]()
      running.context.record.events.write('run.end', { status: reason })
      running.context.record[Symbol.dispose]()
      await running.context.runtime[Symbol.asyncDispose]()
    } catch (error) {
      failed = true
      say(`while ending: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`)
    }
    say(`ended in ${Math.round(performance.now() - start)} ms`)
    supervisor.closeAll()
    server.close()
    // What went wrong stands in the log; `gc` removes it later.
    if (!failed) rmSync(former, { recursive: true, force: true })
    process.exit(failed ? 1 : 0)
  })()
  return ending
}

engine.catch((error: unknown) => {
  say(`no engine: ${error instanceof Error ? error.message : String(error)}`)
  // Clients that are connecting get the error as the answer to their hello.
  setTimeout(() => void end('no engine'), 1_000)
})
process.on('SIGTERM', () => void end('SIGTERM'))
process.on('unhandledRejection', (error) => say(`unhandled: ${error instanceof Error ? error.stack : String(error)}`))

const server = createServer((socket) => supervisor.accept(socket))
writeFileSync(place.token, token, { mode: 0o600 })
if (process.platform !== 'win32') rmSync(place.socket, { force: true })
server.listen(place.socket)
