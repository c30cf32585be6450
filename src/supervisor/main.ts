import { randomBytes } from 'node:crypto'
import { copyFileSync, existsSync, rmSync, writeSync } from 'node:fs'
import { createServer } from 'node:net'
import { dirname, join } from 'node:path'
import { parseArgs } from 'node:util'
import { guardProcess } from '../call/foreign-code.ts'
import { waitClock } from '../call/wait-clock.ts'
import { ImageWorks } from '../engine/image/image-works.ts'
import type { EngineContext } from '../engine/run/context.ts'
import { openEngineClock } from '../engine/run/engine-clock.ts'
import { createFreePorts } from '../engine/run/free-ports.ts'
import { createLimit } from '../engine/run/limit.ts'
import { RunEngine } from '../engine/run/run-engine.ts'
import { createShortcuts } from '../engine/run/shortcuts.ts'
import { createWarnings } from '../engine/run/warnings.ts'
import { TelemetryDoor } from '../engine/telemetry/telemetry-door.ts'
import { createTunnels } from '../engine/tunnel/tunnels.ts'
import { messageOf } from '../errors/unknown-error.ts'
import { openRuntime } from '../open/open-runtime.ts'
import { makeRunDir } from '../protocol/run-access.ts'
import { runDirNamed } from '../protocol/run-dir.ts'
import { label } from '../runtime/labels.ts'
import type { Runtime } from '../runtime/runtime.ts'
import { recordFolderOf } from '../trace/write/record-folder.ts'
import { createRedactor } from '../trace/write/redact.ts'
import { openRunRecord } from '../trace/write/run-record.ts'
import { elect, stepAside } from './election.ts'
import { gitCommit } from './git-commit.ts'
import { listenAt } from './listen-at.ts'
import { ownIdentity, writeIdentity } from './owner-identity.ts'
import { recordSuspensions } from './record-suspensions.ts'
import { RunReport } from './run-report.ts'
import { readSettings } from './settings.ts'
import { startCleaner } from './start-cleaner.ts'
import { Supervisor } from './supervisor.ts'
import { sweep } from './sweep.ts'
import { takeTelemetry } from './telemetry.ts'

/*
 * The supervisor's process. The first client that needs it starts it detached, with its output in a file; it ends
 * by itself and ignores signals from the terminal.
 */

const { values } = parseArgs({ options: { run: { type: 'string' }, root: { type: 'string' } } })
const runDir = runDirNamed(values.run as string)
const root = values.root as string
const settings = readSettings(process.env)
const redactor = createRedactor()
const log = (text: string) => {
  try {
    // Not `process.stderr`: a stream that failed once takes nothing more.
    writeSync(process.stderr.fd, `${new Date().toISOString()} ${redactor.text(text)}\n`)
  } catch {
    // The log is a file, and its disk is full: the run goes on without this line.
  }
}

process.on('SIGINT', () => log('SIGINT ignored'))
process.on('SIGHUP', () => log('SIGHUP ignored'))
makeRunDir(runDir)
if (!elect(runDir)) {
  log('another supervisor serves this run')
  process.exit(0)
}

const run = `${new Date().toISOString().replace(/[-:]/g, '').slice(0, 15)}-${randomBytes(3).toString('hex')}`
const token = randomBytes(24).toString('base64url')
const owner = writeIdentity(ownIdentity())
const cleaner = startCleaner(owner)

const isLoopback = (host: string) =>
  host === 'localhost' || host === '::1' || host.startsWith('127.')

/** How long this process may be silent before others remove what it has made. */
const leaseMs = 45_000
let lease: Promise<AsyncDisposable> | undefined
let suspensions: Disposable | undefined

const recordFolder = recordFolderOf(root, run) as string
const report = new RunReport({
  folder: recordFolder,
  trace: settings.trace,
  graceMs: settings.graceMs,
  log,
})

const openEngine = async (): Promise<RunEngine> => {
  const commit = gitCommit(root)
  const runtime = await openRuntime({ turnsFolder: dirname(runDir.folder) })
  const info = await runtime.info()
  log(`engine ${info.name} ${info.version} at ${info.endpoint}, found by ${info.foundBy}`)
  const record = openRunRecord(root, run, redactor, {
    onFault: log,
    limitBytes: settings.traceLimitMiB * 1024 * 1024,
  })
  const git = await commit
  const facts = {
    engine: { ...info },
    root,
    pid: process.pid,
    ...(git === undefined ? {} : { git }),
  }
  record.events.write('run.start', facts)
  record.describe(facts)
  suspensions = recordSuspensions(waitClock, record.events)
  const labels = { [label.made]: '1', [label.run]: run, [label.owner]: owner }
  // The cleaner ends with the container that this process runs in.
  if (info.outside) openLease(runtime, labels)
  const limit = createLimit(settings.parallel ?? Math.max(3, info.cpus + 1))
  const context: EngineContext = {
    runtime,
    info,
    record,
    images: new ImageWorks(record),
    run,
    labels,
    lanesAhead: settings.lanesAhead,
    clock: openEngineClock(runtime, info, record.events),
    limit,
    tunnels: createTunnels({ runtime, limit, run, labels }),
    // Processes have ports that the system gives to no outgoing connection.
    freePorts: isLoopback(info.host) && !info.processes ? createFreePorts(info.host) : undefined,
    shortcuts: createShortcuts(record.events),
    warnings: createWarnings(record.events, (event) => supervisor.progress(event)),
    progress: (event) => supervisor.progress(event),
    logged: (lane, service) => supervisor.logged(lane, service, record.fault),
  }
  const telemetry = new TelemetryDoor(
    context,
    takeTelemetry({ clock: context.clock, record, engine: () => engine }),
  )
  const engine: RunEngine = new RunEngine({ ...context, telemetry }, redactor)
  await engine.watch((error) => {
    log(error.message)
    supervisor.fail(error)
    supervisor.end('engine gone')
  })
  // Clean up after dead runs in the background: those that died before, and those whose lease lapses.
  const sweepAll = () =>
    sweep(runtime).then(
      (count) => count > 0 && log(`removed ${count} leftovers of runs that died`),
      (error: unknown) => log(`sweep: ${messageOf(error)}`),
    )
  void sweepAll()
  await runtime.watch({ [label.role]: 'lease' }, ({ kind }) => {
    if (kind === 'exited') void sweepAll()
  })
  return engine
}

/** Lets others know by the engine whether this process lives; it need not wait for that. */
function openLease(runtime: Runtime, labels: Readonly<Record<string, string>>): void {
  const name = `mesocosm-${run.slice(-6)}-lease`
  const leaseLabels = { ...labels, [label.role]: 'lease' }
  lease = runtime.lease?.({ name, labels: leaseLabels, silentMs: leaseMs })
  lease?.catch((error: unknown) => log(`no lease: ${messageOf(error)}`))
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
  uses: (use) => report.uses(use),
  log,
  onEnd: (reason) => void end(reason),
})

let ending: Promise<void> | undefined
const end = (reason: string): Promise<void> => {
  ending ??= (async () => {
    log(`ending: ${reason}`)
    const start = performance.now()
    // Close before the folder moves: closing deletes the socket path, which the next supervisor may reuse.
    server.close()
    const former = stepAside(runDir)
    const attempt = async (act: () => unknown): Promise<boolean> => {
      try {
        await act()
        return true
      } catch (error) {
        log(`while ending: ${textOf(error)}`)
        return false
      }
    }
    const running = await engine.catch(() => undefined)
    let removed = false
    let copied = false
    let hasRecord = true
    if (running !== undefined) {
      const { record, runtime } = running.context
      const steps = [
        async () => (await lease?.catch(() => undefined))?.[Symbol.asyncDispose](),
        () => running[Symbol.asyncDispose](),
        () => {
          suspensions?.[Symbol.dispose]()
          record.events.write('run.end', { status: reason })
          record[Symbol.dispose]()
        },
        () => runtime[Symbol.asyncDispose](),
      ]
      const done: boolean[] = []
      for (const step of steps) done.push(await attempt(step))
      removed = !done.includes(false)
      log(`ended in ${Math.round(performance.now() - start)} ms`)
      await attempt(() => report.finish())
      hasRecord = existsSync(record.folder)
      // The run directory is deleted; keep its log in the record, whose disk may be full.
      copied = await attempt(() =>
        copyFileSync(join(former, 'supervisor.log'), join(record.folder, 'supervisor.log')),
      )
    }
    // What could not be removed is left to the cleaner.
    if (removed || running === undefined) await cleaner.done()
    supervisor.closeAll()
    // Keep the log for diagnosis, unless the project is gone; `gc` removes it later.
    if (removed && (copied || !hasRecord)) rmSync(former, { recursive: true, force: true })
    process.exit(removed ? 0 : 1)
  })()
  return ending
}

engine.catch((error: unknown) => {
  log(`no engine: ${textOf(error)}`)
  // Clients that are connecting get the error as the answer to their hello.
  setTimeout(() => supervisor.end('no engine'), 1_000)
})
process.on('SIGTERM', () => supervisor.end('SIGTERM'))
guardProcess({
  foreign: (name, error) => log(`uncaught, of ${name}: ${textOf(error)}`),
  own(kind, error) {
    log(`uncaught ${kind}: ${textOf(error)}`)
    if (kind === 'exception') supervisor.end('a defect')
  },
})

const server = createServer((socket) => supervisor.accept(socket))
server.on('error', (error) => {
  log(`no socket at ${runDir.socket}: ${error.message}`)
  supervisor.end('no socket')
})
// Release the claim: while it exists, no client could replace this supervisor if it died.
server.once('listening', () => rmSync(runDir.starting, { force: true }))
listenAt(runDir, token, server)
