import {
  lstatSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { join, resolve } from 'node:path'
import { namesIn } from '../../disk/names-in.ts'
import { codeOf, messageOf } from '../../errors/unknown-error.ts'
import { now } from '../event/clock.ts'
import { type BlobStore, createBlobStore } from './blob-store.ts'
import { type EventFile, openEventFile } from './event-file.ts'
import { type LogFile, type LogLimit, logFileName, openLogFile, type RowCount } from './log-file.ts'
import { recordsOf } from './record-folder.ts'
import { createRecordLimit } from './record-limit.ts'
import type { Redactor } from './redact.ts'

/** The folder `.mesocosm/runs/<id>` of one run, as its supervisor writes it. */
export interface RunRecord extends Disposable {
  readonly id: string
  readonly folder: string
  readonly logFolder: string
  readonly events: EventFile
  /** Opens another file of entries, `ev/<name>.ndjson`, which ends with the record. Once per name. */
  openEvents(name: string, prefix: string): EventFile
  /** Opens the log file of a container that is about to start for the first time. */
  openLog(lane: string, service: string, container: string): LogFile
  /** Returns the path of that file, which need not exist yet. */
  logPath(lane: string, service: string, container: string): string
  /** Number of the last row of all logs: a mark for `LogReader.after`, whatever the clocks say. */
  readonly lastRow: number
  /** What could not be written, and why; absent while the record is complete. */
  readonly fault: string | undefined
  /** Keeps text that is too long for an entry, redacted, in `blob/`, and returns the reference to it. */
  readonly blob: BlobStore
  /** Hides secrets in what is cut before it is written. */
  readonly redactor: Redactor
  /** Replaces `run.json`. */
  describe(facts: Readonly<Record<string, unknown>>): void
}

/** How a record is written. */
export interface RunRecordOptions {
  /**
   * Called once, when something cannot be written, folders included: the run goes on with an incomplete record.
   */
  readonly onFault?: (fault: string) => void
  /** Bytes of log lines and long output in the record; default no limit. */
  readonly limitBytes?: number
}

/** Runs kept as well as the newest; older ones are deleted when a run starts. */
const keptRuns = 30

/** Creates the folder of a run and opens its record; deletes old runs. */
export const openRunRecord = (
  root: string,
  id: string,
  redactor: Redactor,
  { onFault = () => {}, limitBytes = Number.POSITIVE_INFINITY }: RunRecordOptions = {},
): RunRecord => {
  const runs = recordsOf(root)
  const folder = join(runs, id)
  const logFolder = join(folder, 'log')
  let begun = false
  /** Creates the folders; tried again before each file, because the disk may have been full. */
  const begin = () => {
    if (begun) return
    pruneRuns(runs, id)
    for (const sub of ['ev', 'log', 'blob'])
      mkdirSync(join(folder, sub), { recursive: true, mode: 0o700 })
    // Records hold what services logged, which must not be committed.
    writeFileSync(join(root, '.mesocosm', '.gitignore'), '*\n')
    pointLatest(join(root, '.mesocosm', 'latest'), join('runs', id))
    begun = true
  }
  let fault: string | undefined
  const context = {
    makeFolder: begin,
    onFault: (path: string, reason: string) => {
      if (fault !== undefined) return
      fault = `the record of the run is incomplete, because ${path} could not be written: ${reason}`
      onFault(fault)
    },
  }
  const ownFile = join(folder, 'ev', 'owner.ndjson')
  const events = openEventFile(ownFile, 'supervisor', 's', redactor, context)
  const more: EventFile[] = []
  const count: RowCount = { last: 0 }
  const start = now()
  let facts: Readonly<Record<string, unknown>> = {}
  let seq = 0
  const limit: LogLimit = {
    ...createRecordLimit(limitBytes, (what) =>
      events.write('trace.truncated', { what, limitBytes }),
    ),
    nextSeq: () => ++seq,
  }
  const describe: RunRecord['describe'] = (more) => {
    facts = { ...facts, ...more }
    const path = join(folder, 'run.json')
    const text = JSON.stringify({ v: 1, id, start, ...redactor.value(facts) }, undefined, 2)
    try {
      begin()
      writeFileSync(`${path}.tmp`, `${text}\n`, { mode: 0o600 })
      renameSync(`${path}.tmp`, path)
    } catch (error) {
      context.onFault(path, messageOf(error))
    }
  }
  describe({ status: 'running' })
  return {
    id,
    folder,
    logFolder,
    events,
    openEvents(name, prefix) {
      const path = join(folder, 'ev', `${name}.ndjson`)
      const file = openEventFile(path, name, prefix, redactor, context)
      more.push(file)
      return file
    },
    openLog: (lane, service, container) =>
      openLogFile(
        logFolder,
        { lane, service, container, seq: ++seq },
        { ...context, redactor, count, limit },
      ),
    logPath: (lane, service, container) => join(logFolder, logFileName(lane, service, container)),
    get lastRow() {
      return count.last
    },
    get fault() {
      return fault
    },
    blob: createBlobStore(join(folder, 'blob'), redactor, { ...context, limit }),
    redactor,
    describe,
    [Symbol.dispose]() {
      describe({ status: 'ended', end: now() })
      for (const file of [...more, events]) file[Symbol.dispose]()
    },
  }
}

const pruneRuns = (runs: string, current: string) => {
  // Run ids begin with their date, so the order of names is the order of time. Other entries are the user's.
  const others = namesIn(runs).filter(
    (name) => name !== current && /^\d{8}(T\d{6})?-/.test(name) && isFolder(join(runs, name)),
  )
  for (const name of others.sort().reverse().slice(keptRuns)) {
    const folder = join(runs, name)
    if (isLive(folder)) continue
    try {
      rmSync(folder, { recursive: true, force: true })
    } catch {
      // Another run is deleting it, or a program has it open; the next start tries again.
    }
  }
}

const isFolder = (path: string): boolean =>
  lstatSync(path, { throwIfNoEntry: false })?.isDirectory() === true

/** A run that is kept warm may be older than many others. */
const isLive = (folder: string): boolean => {
  try {
    const { status, pid } = JSON.parse(readFileSync(join(folder, 'run.json'), 'utf8'))
    return status === 'running' && Number.isInteger(pid) && process.kill(pid, 0)
  } catch {
    return false
  }
}

const pointLatest = (link: string, target: string) => {
  if (process.platform === 'win32') return pointJunction(link, target)
  const draft = `${link}.${process.pid}`
  rmSync(draft, { force: true })
  symlinkSync(target, draft)
  renameSync(draft, link)
}

/** Windows: symbolic links need rights. Junctions do not, but are absolute and cannot be replaced atomically. */
const pointJunction = (link: string, target: string) => {
  try {
    unlinkSync(link)
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error
  }
  symlinkSync(resolve(link, '..', target), link, 'junction')
}
