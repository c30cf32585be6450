import { randomBytes } from 'node:crypto'
import { copyFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { createFreePorts } from '../engine/run/free-ports.ts'
import { createLimit } from '../engine/run/limit.ts'
import { RunEngine } from '../engine/run/run-engine.ts'
import { openRuntime } from '../open/open-runtime.ts'
import { makeRunDir, runDirNamed } from '../protocol/run-dir.ts'
import { label } from '../runtime/labels.ts'
import { createRedactor } from '../trace/write/redact.ts'
import { openRunRecord } from '../trace/write/run-record.ts'
import { elect, stepAside } from './election.ts'
import { ownIdentity, writeIdentity } from './owner-identity.ts'
import { readSettings } from './settings.ts'
import { Supervisor } from './supervisor.ts'
import { sweep } from './sweep.ts'

/*
 * The supervisor's process. Started detached by the first client that needs it, with its output to a file;
 * ends by itself. Signals of the terminal it was started from do not concern it.
 */

const { values } = parseArgs({ options: { run: { type: 'string' }, root: { type: 'string' } } })
const runDir = runDirNamed(values.run as string)
const root = values.root as string
const settings = readSettings(process.env)
const say = (text: string) => process.stderr.write(`${new Date().toISOString()} ${text}\n`)

process.on('SIGINT', () => say('SIGINT ignored'))
process.on('SIGHUP', () => say('SIGHUP ignored'))
makeRunDir(runDir)
if (!elect(runDir)) {
  say('another supervisor serves this run')
  process.exit(0)
}

const run = `${new Date().toISOString().replace(/[-:]/g, '').slice(0, 15)}-${randomBytes(3).toString('hex')}`
const token = randomBytes(24).toString('base64url')
const redactor = createRedactor()

const isLoopback = (host: string) =>
  host === 'localhost' || host === '::1' || host.startsWith('127.')

const openEngine = async (): Promise<RunEngine> => {
  const runtime = await openRuntime()
  const info = await runtime.info()
  say(`engine ${info.name} ${info.version} at ${info.endpoint}, found by ${info.foundBy}`)
  const record = openRunRecord(root, run, redactor)
  record.events.write('run.start', { engine: { ...info }, root, pid: process.pid })
  record.describe({ root, engine: info, pid: process.pid })
  const engine = new RunEngine(
    {
      runtime,
      info,
      record,
      run,
      labels: { [label.made]: '1', [label.run]: run, [label.owner]: writeIdentity(ownIdentity()) },
      limit: createLimit(settings.parallel ?? Math.max(3, info.cpus + 1)),
      freePorts: isLoopback(info.host) ? createFreePorts(info.host) : undefined,
      progress: (event) => supervisor.progress(event),
      logged: (lane, service) => supervisor.logged(lane, service),
    },
    redactor,
  )
  await engine.watch((error) => {
    say(error.message)
    supervisor.fail(error)
    supervisor.end('engine gone')
  })
  // Clean up after dead runs in the background.
  sweep(runtime).then(
    (count) => count > 0 && say(`removed ${count} leftovers of runs that died`),
    (error: unknown) => say(`sweep: ${error instanceof Error ? error.message : String(error)}`),
  )
  return engine
}

function textOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}

const engine = openEngine()
const supervisor: Supervisor = new Supervisor({
  token,
  graceMs: settings.graceMs,
  engine,
  redactor,
  onEnd: (reason) => void end(reason),
})

let ending: Promise<void> | undefined
const end = (reason: string): Promise<void> => {
  ending ??= (async () => {
    say(`ending: ${reason}`)
    const start = performance.now()
    // Before the folder moves: it removes the socket by its path, where soon that of the next one may be.
    server.close()
    const former = stepAside(runDir)
    let failed = false
    const attempt = async (act: () => unknown) => {
      try {
        await act()
      } catch (error) {
        failed = true
        say(`while ending: ${textOf(error)}`)
      }
    }
    const running = await engine.catch(() => undefined)
    if (running === undefined) failed = true
    else {
      const { record, runtime } = running.context
      await attempt(() => running[Symbol.asyncDispose]())
      await attempt(() => {
        record.events.write('run.end', { status: reason })
        record[Symbol.dispose]()
      })
      await attempt(() => runtime[Symbol.asyncDispose]())
      say(`ended in ${Math.round(performance.now() - start)} ms`)
      // The meeting folder goes; what was said belongs to the run.
      await attempt(() =>
        copyFileSync(join(former, 'supervisor.log'), join(record.folder, 'supervisor.log')),
      )
    }
    supervisor.closeAll()
    // The log says what went wrong; `gc` removes it later.
    if (!failed) rmSync(former, { recursive: true, force: true })
    process.exit(failed ? 1 : 0)
  })()
  return ending
}

engine.catch((error: unknown) => {
  say(`no engine: ${textOf(error)}`)
  // Clients that are connecting get the error as the answer to their hello.
  setTimeout(() => supervisor.end('no engine'), 1_000)
})
process.on('SIGTERM', () => supervisor.end('SIGTERM'))
process.on('unhandledRejection', (error) => say(`unhandled: ${textOf(error)}`))
process.on('uncaughtException', (error) => {
  say(`uncaught: ${textOf(error)}`)
  supervisor.end('a defect')
})

const server = createServer((socket) => supervisor.accept(socket))
server.on('error', (error) => {
  say(`no socket at ${runDir.socket}: ${error.message}`)
  supervisor.end('no socket')
})
writeFileSync(runDir.token, token, { mode: 0o600 })
if (process.platform !== 'win32') rmSync(runDir.socket, { force: true })
// The claim has served; while it exists, no client could start another supervisor if this one died.
server.listen(runDir.socket, () => rmSync(runDir.starting, { force: true }))
