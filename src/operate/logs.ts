import { readdirSync, realpathSync } from 'node:fs'
import { join } from 'node:path'
import { createWaker } from '../call/waker.ts'
import type { Caller } from '../client/session/caller.ts'
import { MesocosmError } from '../errors/mesocosm-error.ts'
import { codeOf } from '../errors/unknown-error.ts'
import type { LogLine } from '../model/log-line.ts'
import { createLogReader, type LogCursor, logStart } from '../trace/read/log-reader.ts'
import { assertKnown } from './known-service.ts'
import { type LaneChoice, laneOf } from './lane-of.ts'
import type { Project } from './project.ts'
import { type LiveRun, observeRun, observeRuns, ownRun } from './runs.ts'

/** Options of {@link readLogs}. */
export interface LogsOptions extends Omit<LaneChoice, 'topology'> {
  /** Services to read; default all that have written something. */
  readonly services?: readonly string[]
  /** Name of the run; default the warm run, else the newest, else the last record. */
  readonly run?: string | undefined
  /** Yields only this number of existing lines, the last ones; default all. */
  readonly tail?: number | undefined
  /** Yields new lines, too, until the run ends. Default false. */
  readonly follow?: boolean
  /** Stops following. */
  readonly signal?: AbortSignal
}

/**
 * Yields log lines of services by time, from the record on disk: of the live run, else of the last run.
 *
 * @throws {MesocosmError} `SERVICE_UNKNOWN`, `LANE_RELEASED`; `SUPERVISOR_UNREACHABLE` when there was no run yet.
 */
export async function* readLogs(
  project: Project,
  options: LogsOptions = {},
): AsyncGenerator<LogLine> {
  const live = await liveRun(project.root, options.run)
  const caller = live?.session.caller
  try {
    const record =
      live === undefined ? lastRecord(project, options) : await liveRecord(live, project, options)
    const logs = record.sources.map((source) => ({
      source,
      reader: createLogReader(record.folder, source.lane, source.name),
      cursor: logStart,
    }))
    const follows = options.follow === true && caller !== undefined
    const readNew = (): LogLine[] =>
      logs
        .flatMap((log) => {
          const { lines, open, next } = log.reader.read(log.cursor)
          log.cursor = next satisfies LogCursor
          // A line that has not ended would come twice.
          const all = follows ? lines : [...lines, ...open]
          return all.map((line) => ({ ...line, service: log.source.service }))
        })
        .sort((a, b) => a.time - b.time)
    // Watch before the first read, so that no line is missed between the two.
    const news = follows ? await watch(caller, record, options.signal) : undefined
    const first = readNew()
    yield* options.tail === undefined
      ? first
      : first.slice(Math.max(0, first.length - options.tail))
    if (news === undefined) return
    for await (const _ of news) yield* readNew()
    yield* readNew()
  } finally {
    caller?.close()
  }
}

// ---

interface Source {
  readonly service: string
  /** Lane and name in the file names of its log. */
  readonly lane: string
  readonly name: string
}

interface LogRecord {
  readonly folder: string
  /** The lane to watch. */
  readonly lane: string
  readonly sources: readonly Source[]
}

const liveRun = async (root: string, named: string | undefined): Promise<LiveRun | undefined> => {
  const run = await observeRun(root, named ?? ownRun())
  if (run !== undefined || named !== undefined) return run
  const [newest, ...others] = (await observeRuns(root)).sort((a, b) =>
    b.session.facts.run.localeCompare(a.session.facts.run),
  )
  for (const { session } of others) session.caller.close()
  return newest
}

const liveRecord = async (
  { session }: LiveRun,
  project: Project,
  { services = [], lane }: LogsOptions,
): Promise<LogRecord> => {
  const view = await session.caller.call('ps', {})
  const at = laneOf(view, services, { lane, topology: project.topology?.name })
  const wanted = at.services.filter(({ name }) => services.length === 0 || services.includes(name))
  return {
    folder: join(session.facts.folder, 'log'),
    lane: at.lane,
    sources: wanted.map(({ name, logLane, logName }) => ({
      service: name,
      lane: logLane,
      name: logName,
    })),
  }
}

/** Reads the names of the files: `<lane>.<service>.<container>.ndjson`. */
const lastRecord = (project: Project, { services = [], lane }: LogsOptions): LogRecord => {
  const folder = lastLogFolder(project.root)
  const written = readdirSync(folder).flatMap((file): Source[] => {
    const [of, name, container] = file.split('.')
    if (of === undefined || name === undefined || container === undefined) return []
    return [{ service: name, lane: of, name }]
  })
  const lanes = [...new Set(written.map((source) => source.lane))].sort()
  const at = lane ?? lanes.find((one) => one !== 'run') ?? 'run'
  if (lane !== undefined && !lanes.includes(lane)) throw noLane(lane, lanes)
  const here = unique(written.filter((source) => source.lane === at || source.lane === 'run'))
  assertKnown(
    services,
    here.map(({ service }) => service),
  )
  return {
    folder,
    lane: at,
    sources: here.filter(({ service }) => services.length === 0 || services.includes(service)),
  }
}

const lastLogFolder = (root: string): string => {
  try {
    return join(realpathSync(join(root, '.mesocosm', 'latest')), 'log')
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error
    throw new MesocosmError({
      code: 'SUPERVISOR_UNREACHABLE',
      message: `no run is up, and no run has left a record in ${join(root, '.mesocosm')}`,
      remedy: 'start a run: `mesocosm up`',
      facts: { root },
    })
  }
}

const unique = (sources: readonly Source[]): Source[] => [
  ...new Map(sources.map((source) => [`${source.lane}/${source.name}`, source])).values(),
]

/** Yields whenever a service has written something; ends with the run or on abort. */
const watch = async (
  caller: Caller,
  { lane, sources }: LogRecord,
  signal: AbortSignal | undefined,
): Promise<AsyncIterable<void>> => {
  const waker = createWaker()
  let over = false
  const end = () => {
    over = true
    waker.wake()
  }
  caller.on('log', (log) => {
    if (sources.some((source) => source.lane === log.lane && source.name === log.service))
      waker.wake()
  })
  void caller.closed.then(end)
  signal?.addEventListener('abort', end, { once: true })
  await Promise.all(sources.map(({ service }) => caller.call('watchLogs', { lane, service })))
  caller.hold()
  return (async function* () {
    while (!over) {
      await waker.sleep()
      yield
    }
  })()
}

const noLane = (lane: string, lanes: readonly string[]) =>
  new MesocosmError({
    code: 'LANE_RELEASED',
    message: `the last run had no lane ${lane}`,
    remedy: `use one of ${lanes.join(', ')}`,
    facts: { lane, lanes },
  })
