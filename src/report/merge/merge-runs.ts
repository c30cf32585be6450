import { createHash, randomBytes } from 'node:crypto'
import {
  closeSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { namesIn } from '../../disk/names-in.ts'
import { MesocosmError } from '../../errors/mesocosm-error.ts'
import { readTraceFiles } from '../../trace/load-trace.ts'
import { mergeTrace, type TraceFile } from '../../trace/read/merge-trace.ts'
import { parseEvent } from '../../trace/read/stored-event.ts'
import type { Trace } from '../../trace/read/trace.ts'
import { type LogHeader, logFilePrefix } from '../../trace/write/log-file.ts'
import { recordsOf } from '../../trace/write/record-folder.ts'
import { eachLine } from '../write/each-line.ts'
import { scanLogHeads } from '../write/log-scan.ts'
import { type Renaming, renameRun, type TakenNames } from './rename-run.ts'

/** Runs that became one. */
export interface MergedRuns {
  /** Folder of the record. */
  readonly folder: string
  /** Ids of the runs, in the order of their starts. */
  readonly runs: readonly string[]
  /** Number of attempts of tests. */
  readonly tests: number
}

/** Where the record of {@link mergeRuns} is written. */
export interface MergeRunsOptions {
  /** Folder of the project; the record is a new folder in its `.mesocosm/runs`. */
  readonly root: string
}

/**
 * Merges the records of several runs, such as the shards of a suite on several machines, into one, which every reader
 * of records takes. Their clocks are taken as they are.
 *
 * Names that several runs have go on counting: a test that is in two of them has two attempts, and the lanes of the
 * second follow those of the first. Trace ids of such attempts are replaced in entries and log lines.
 *
 * @param folders of the runs, in any order; each once.
 * @throws {MesocosmError} `TRACE_NOT_FOUND` if a folder is not the record of a run; `ARGUMENT_INVALID` for less than one.
 */
export const mergeRuns = (folders: readonly string[], { root }: MergeRunsOptions): MergedRuns => {
  const parts = [...new Set(folders.map((folder) => resolve(folder)))]
    .map(readPart)
    .sort((a, b) => a.trace.run.start - b.trace.run.start)
  const [first] = parts
  if (first === undefined)
    throw new MesocosmError({
      code: 'ARGUMENT_INVALID',
      message: 'there is no run to merge',
      remedy: 'pass folders of .mesocosm/runs',
    })
  const runs = parts.map(({ trace, folder }) => trace.run.id ?? folder)
  const id = mergedId(first.trace, runs)
  const folder = join(recordsOf(root), id)
  const draft = `${folder}.${randomBytes(4).toString('hex')}.tmp`
  try {
    for (const sub of ['ev', 'log', 'blob'])
      mkdirSync(join(draft, sub), { recursive: true, mode: 0o700 })
    const taken: TakenNames = { lanes: new Set(), prefixes: new Set(), tests: new Set() }
    for (const [index, part] of parts.entries()) addPart(draft, part, index + 1, taken)
    writeFileSync(
      join(draft, 'run.json'),
      `${JSON.stringify(factsOf(id, root, parts), undefined, 2)}\n`,
      { mode: 0o600 },
    )
    rmSync(folder, { recursive: true, force: true })
    renameSync(draft, folder)
  } catch (error) {
    rmSync(draft, { recursive: true, force: true })
    throw error
  }
  return { folder, runs, tests: parts.reduce((sum, { trace }) => sum + trace.tests.length, 0) }
}

// ---

interface Part {
  readonly folder: string
  readonly files: readonly TraceFile[]
  readonly trace: Trace
}

const readPart = (folder: string): Part => {
  const files = readTraceFiles(folder)
  return { folder, files, trace: mergeTrace(files) }
}

/** The same for the same runs, so that merging again replaces the record. */
const mergedId = ({ run }: Trace, runs: readonly string[]): string => {
  const date = new Date(run.start).toISOString().replace(/[-:]/g, '').slice(0, 15)
  const digest = createHash('sha256').update(runs.join('\0')).digest('hex').slice(0, 6)
  return `${date}-merged-${digest}`
}

const factsOf = (id: string, root: string, parts: readonly Part[]) => ({
  v: 1,
  id,
  root,
  start: Math.min(...parts.map(({ trace }) => trace.run.start)),
  end: Math.max(...parts.map(({ trace }) => trace.run.end)),
  status: 'ended',
  merged: parts.map(({ folder, trace: { run } }) => ({ folder, ...run })),
})

const addPart = (
  into: string,
  { folder, files, trace }: Part,
  number: number,
  taken: TakenNames,
): void => {
  const logs = scanLogHeads(join(folder, 'log'))
  const lanes = [...trace.events.flatMap(({ l }) => l ?? []), ...logs.map(({ head }) => head.lane)]
  const prefixes = trace.events.flatMap((event) => (event.k === 'head' ? event.prefix : []))
  const renaming = renameRun(trace, lanes, prefixes, taken)
  for (const { name, text } of files)
    if (name.startsWith('ev/'))
      writeFileSync(
        join(into, 'ev', `${number}-${name.slice(3)}`),
        renamedEntries(text, renaming),
        {
          mode: 0o600,
        },
      )
  for (const { path, head } of logs) copyLog(path, head, into, renaming)
  for (const name of namesIn(join(folder, 'blob'))) {
    const target = join(into, 'blob', name)
    if (!existsSync(target)) copyFileSync(join(folder, 'blob', name), target)
  }
}

const renamedEntries = (text: string, renaming: Renaming): string =>
  text
    .split('\n')
    .map((line) => {
      const event = parseEvent(line)
      return event === undefined ? line : JSON.stringify(renaming.event(event))
    })
    .join('\n')

const copyLog = (
  path: string,
  { lane: former, service }: Pick<LogHeader, 'lane' | 'service'>,
  into: string,
  { lane, text }: Renaming,
): void => {
  const ending = basename(path).slice(logFilePrefix(former, service).length)
  const target = join(into, 'log', `${logFilePrefix(lane(former), service)}${ending}`)
  const file = openSync(target, 'a', 0o600)
  try {
    let rows: string[] = []
    const flush = () => {
      if (rows.length > 0) writeSync(file, `${rows.join('\n')}\n`)
      rows = []
    }
    eachLine(path, (bytes, start, end) => {
      const line = bytes.toString('utf8', start, end)
      rows.push(line.startsWith('{') ? renamedHead(line, lane) : text(line))
      if (rows.length >= 5_000) flush()
    })
    flush()
  } finally {
    closeSync(file)
  }
}

const renamedHead = (line: string, lane: Renaming['lane']): string => {
  try {
    const head = JSON.parse(line) as LogHeader
    return JSON.stringify({ ...head, lane: lane(head.lane) })
  } catch {
    return line
  }
}
