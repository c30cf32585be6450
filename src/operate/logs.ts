import { readdirSync, realpathSync } from 'node:fs'
import { join } from 'node:path'
import type { Caller } from '../client/caller.ts'
import { MesocosmError } from '../errors/mesocosm-error.ts'
import type { LogLine } from '../model/log-line.ts'
import { createLogReader, type LogCursor, logStart } from '../trace/read/log-reader.ts'
import { assertKnown } from './known-service.ts'
import { type LaneChoice, laneOf } from './lane-of.ts'
import type { Project } from './project.ts'
import { type LiveRun, observeRun, observeRuns, ownRun } from './runs.ts'

export interface LogsOptions extends Omit<LaneChoice, 'topology'> {
  /** Default all that wrote something. */
  readonly services?: readonly string[]
  readonly run?: string | undefined
  /** Only the last so many lines of what is there already. */
  readonly tail?: number | undefined
  /** Goes on with new lines until the run ends. A run that has ended gives what it wrote. */
  readonly follow?: boolean
  readonly signal?: AbortSignal
}

/**
 * What services wrote, in the order of time, from the record on disk: of the live run, else of the last one.
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
    const place =
      live === undefined ? onDisk(project, options) : await inRun(live, project, options)
    const logs = place.sources.map((source) => ({
      source,
      reader: createLogReader(place.folder, source.lane, source.name),
      cursor: logStart,
    }))
    const readNew = (): LogLine[] =>
      logs
        .flatMap((log) => {
          const { lines, next } = log.reader.read(log.cursor)
          log.cursor = next satisfies LogCursor
          return lines.map((line) => ({ ...line, service: log.source.service }))
        })
        .sort((a, b) => a.time - b.time)
    const follows = options.follow === true && caller !== undefined
    // Asked before the first look, so that no line falls between the two.
    const news = follows ? await watch(caller, place, options.signal) : undefined
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
  /** Under which lane and name its log lies. */
  readonly lane: string
  readonly name: string
}

interface Place {
  readonly folder: string
  /** Lane that was chosen, for watching. */
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

const inRun = async (
  { session }: LiveRun,
  project: Project,
  { services = [], lane }: LogsOptions,
): Promise<Place> => {
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

/** From the names of the files: `<lane>.<service>.<container>.ndjson`. */
const onDisk = (project: Project, { services = [], lane }: LogsOptions): Place => {
  const folder = lastRecord(project.root)
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

const lastRecord = (root: string): string => {
  try {
    return join(realpathSync(join(root, '.mesocosm', 'latest')), 'log')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    throw new MesocosmError({
      code: 'SUPERVISOR_UNREACHABLE',
      message: `nothing is up, and no run has left a record in ${join(root, '.mesocosm')}`,
      remedy: 'start it: `mesocosm up`',
      facts: { root },
    })
  }
}

const unique = (sources: readonly Source[]): Source[] => [
  ...new Map(sources.map((source) => [`${source.lane}/${source.name}`, source])).values(),
]

/** Gives a value whenever a service wrote something; ends with the run, or when called off. */
const watch = async (
  caller: Caller,
  { lane, sources }: Place,
  signal: AbortSignal | undefined,
): Promise<AsyncIterable<void>> => {
  let wake = Promise.withResolvers<void>()
  let over = false
  const end = () => {
    over = true
    wake.resolve()
  }
  caller.on('log', (log) => {
    if (sources.some((source) => source.lane === log.lane && source.name === log.service))
      wake.resolve()
  })
  void caller.closed.then(end)
  signal?.addEventListener('abort', end, { once: true })
  await Promise.all(sources.map(({ service }) => caller.call('watchLogs', { lane, service })))
  caller.hold()
  return (async function* () {
    while (!over) {
      await wake.promise
      wake = Promise.withResolvers()
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
