import { mkdirSync, readdirSync, readlinkSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { now } from './clock.ts'
import { type EventFile, openEventFile } from './event-file.ts'
import { type LogFile, openLogFile } from './log-file.ts'
import type { Redactor } from './redact.ts'

/** The folder `.mesocosm/runs/<id>` of one run, as its supervisor writes it. */
export interface RunRecord extends Disposable {
  readonly id: string
  readonly folder: string
  readonly logFolder: string
  readonly events: EventFile
  /** Opens the log file of a container that is about to start. */
  openLog(lane: string, service: string, container: string): LogFile
  /** Replaces `run.json`. */
  describe(facts: Readonly<Record<string, unknown>>): void
}

/** Runs kept beside the newest; older ones are deleted when a run starts. */
const keptRuns = 30

export const openRunRecord = (root: string, id: string, redactor: Redactor): RunRecord => {
  const runs = join(root, '.mesocosm', 'runs')
  const folder = join(runs, id)
  const logFolder = join(folder, 'log')
  for (const sub of ['ev', 'log', 'blob']) mkdirSync(join(folder, sub), { recursive: true, mode: 0o700 })
  // Records hold what services said: keep them out of commits without asking anybody to.
  writeFileSync(join(root, '.mesocosm', '.gitignore'), '*\n')
  pruneRuns(runs, id)
  pointLatest(join(root, '.mesocosm', 'latest'), join('runs', id))
  const events = openEventFile(join(folder, 'ev', 'owner.ndjson'), 'supervisor', redactor)
  const start = now()
  let facts: Readonly<Record<string, unknown>> = {}
  let seq = 0
  const describe: RunRecord['describe'] = (more) => {
    facts = { ...facts, ...more }
    const path = join(folder, 'run.json')
    const text = JSON.stringify({ v: 1, id, start, ...redactor.value(facts) }, undefined, 2)
    writeFileSync(`${path}.tmp`, `${text}\n`)
    renameSync(`${path}.tmp`, path)
  }
  describe({ status: 'running' })
  return {
    id,
    folder,
    logFolder,
    events,
    openLog: (lane, service, container) =>
      openLogFile(logFolder, { lane, service, container, seq: ++seq }, redactor),
    describe,
    [Symbol.dispose]() {
      describe({ status: 'ended', end: now() })
      events[Symbol.dispose]()
    },
  }
}

const pruneRuns = (runs: string, current: string) => {
  // Run ids begin with their date, so the order of names is the order of time.
  const old = readdirSync(runs).sort().reverse().filter((name) => name !== current).slice(keptRuns)
  for (const name of old) rmSync(join(runs, name), { recursive: true, force: true })
}

const pointLatest = (link: string, target: string) => {
  const draft = `${link}.${process.pid}`
  try {
    if (readlinkSync(link) === target) return
  } catch {
    // No link yet, which is what the next lines mend.
  }
  rmSync(draft, { force: true })
  symlinkSync(target, draft)
  renameSync(draft, link)
}
