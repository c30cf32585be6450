import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { createWaker } from '../call/waker.ts'
import type { Caller } from '../client/session/caller.ts'
import { isMesocosmError, MesocosmError } from '../errors/mesocosm-error.ts'
import type { LogLine } from '../model/log-line.ts'
import { levelOf } from '../trace/read/level.ts'
import { createLogReader, type LogCursor, logStart } from '../trace/read/log-reader.ts'
import { assertKnown } from './known-service.ts'
import { laneOf } from './lane-of.ts'
import { type LineFilter, lineFilter, type ReadLine } from './line-filter.ts'
import type { Project } from './project.ts'
import { type LiveRun, newestRun, observeRun } from './runs.ts'
import { findRecord } from './trace/records.ts'

/** Options of {@link readLogs}. */
export interface LogsOptions extends LineFilter {
  /** Services to read; default all that have written something. */
  readonly services?: readonly string[]
  /** Lane name, `all` for all lanes; default the first lane in which the services run. */
  readonly lane?: string | undefined
  /**
   * Name of a live run, or the id of a recorded one or its beginning; default the warm run, else the newest, else the
   * last record.
   */
  readonly run?: string | undefined
  /** Yields only this number of existing lines that the filter keeps, the last ones; default all. */
  readonly tail?: number | undefined
  /** Yields new lines, too, until the run ends. Default false. */
  readonly follow?: boolean
  /** Stops following. */
  readonly signal?: AbortSignal
}

/**
 * Yields log lines of services by time, from the record on disk: of the live run, else of the last run.
 *
 * @throws {MesocosmError} `SERVICE_UNKNOWN`, `LANE_RELEASED`; `SUPERVISOR_UNREACHABLE` when there was no run yet;
 * `TRACE_NOT_FOUND` for a run that is neither live nor recorded.
 */
export async function* readLogs(
  project: Project,
  options: LogsOptions = {},
): AsyncGenerator<ReadLine> {
  const live = await liveRun(project.root, options.run)
  const caller = live?.session.caller
  const keeps = lineFilter(options)
  try {
    const record =
      live === undefined
        ? await lastRecord(project, options)
        : await liveRecord(live, project, options)
    const logs = record.sources.map((source) => ({
      source,
      reader: createLogReader(record.folder, source.lane, source.name),
      cursor: logStart,
    }))
    const follows = options.follow === true && caller !== undefined
    const readNew = (): ReadLine[] =>
      logs
        .flatMap((log) => {
          const { lines, open, next } = log.reader.read(log.cursor)
          log.cursor = next satisfies LogCursor
          // A line that has not ended would come twice.
          const all = follows ? lines : [...lines, ...open]
          return all.map((line) => readLine(line, log.source))
        })
        .sort((a, b) => a.time - b.time)
        .filter(keeps)
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
  /** Lane whose notifications it is in. */
  readonly watched: string
}

interface LogRecord {
  readonly folder: string
  readonly sources: readonly Source[]
}

const readLine = (line: LogLine, { service, lane }: Source): ReadLine => {
  const level = levelOf(line.text, line.stream === 'stderr' ? 2 : 1)
  return { ...line, service, lane, ...(level === undefined ? {} : { level }) }
}

const liveRun = (root: string, named: string | undefined): Promise<LiveRun | undefined> =>
  named === undefined ? newestRun(root) : observeRun(root, named)

const liveRecord = async (
  { session }: LiveRun,
  project: Project,
  { services = [], lane }: LogsOptions,
): Promise<LogRecord> => {
  const view = await session.caller.call('ps', {})
  const topology = project.topology?.name
  const lanes =
    lane === 'all'
      ? view.lanes.filter((one) => topology === undefined || one.topology === topology)
      : [laneOf(view, services, { lane, topology })]
  const found = lanes.flatMap((at) =>
    at.services.map(({ name, logLane, logName }) => ({
      service: name,
      lane: logLane,
      name: logName,
      watched: at.lane,
    })),
  )
  if (lane === 'all')
    assertKnown(
      services,
      found.map(({ service }) => service),
    )
  return {
    folder: join(session.facts.folder, 'log'),
    sources: unique(found.filter(({ service }) => isWanted(service, services))),
  }
}

const isWanted = (service: string, services: readonly string[]): boolean =>
  services.length === 0 || services.includes(service)

/** Reads the names of the files: `<lane>.<service>.<container>.ndjson`. */
const lastRecord = async (
  project: Project,
  { services = [], lane, run }: LogsOptions,
): Promise<LogRecord> => {
  const folder = join(await recordFolder(project.root, run), 'log')
  const written = readdirSync(folder).flatMap((file): Source[] => {
    const [of, name, container] = file.split('.')
    if (of === undefined || name === undefined || container === undefined) return []
    return [{ service: name, lane: of, name, watched: of }]
  })
  const lanes = [...new Set(written.map((source) => source.lane))].sort()
  const all = lane === 'all'
  const at = lane ?? lanes.find((one) => one !== 'run') ?? 'run'
  if (lane !== undefined && !all && !lanes.includes(lane)) throw noLane(lane, lanes)
  const here = unique(
    written.filter((source) => all || source.lane === at || source.lane === 'run'),
  )
  assertKnown(
    services,
    here.map(({ service }) => service),
  )
  return { folder, sources: here.filter(({ service }) => isWanted(service, services)) }
}

const recordFolder = async (root: string, run: string | undefined): Promise<string> => {
  try {
    return (await findRecord(root, run)).folder
  } catch (error) {
    if (run !== undefined || !isMesocosmError(error) || error.code !== 'TRACE_NOT_FOUND')
      throw error
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
  { sources }: LogRecord,
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
  await Promise.all(
    sources.map(({ watched, service }) => caller.call('watchLogs', { lane: watched, service })),
  )
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
