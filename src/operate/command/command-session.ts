import { isAbsolute, relative, resolve } from 'node:path'
import { commandsOf } from '../../client/lane/commands-of.ts'
import { compile } from '../../client/lane/compile.ts'
import { readKeepSetting } from '../../client/lane/keep-setting.ts'
import { keptText, notKeptText, tooManyKeptText } from '../../client/lane/kept-text.ts'
import type { Caller } from '../../client/session/caller.ts'
import { connectOrStart, type Session } from '../../client/session/connect.ts'
import { isMesocosmError } from '../../errors/mesocosm-error.ts'
import type { ResetDepth } from '../../model/lane-change.ts'
import type { RunEvent } from '../../model/run-event.ts'
import type { TopologySpec } from '../../model/service-spec.ts'
import type { LaneView } from '../../model/service-view.ts'
import { outputVariables } from '../../plan/output-variables.ts'
import { projectPrefix } from '../../protocol/run-dir.ts'
import { testIdOf } from '../../trace/event/test-id.ts'
import { assertKnown } from '../known-service.ts'
import { type Project, topologyOf } from '../project.ts'
import { watchEvents } from '../watch-events.ts'
import { runOnHost } from './host-process.ts'
import { hasTerminal, runInContainer } from './in-container.ts'
import type { CommandIo } from './io.ts'
import type { Signals } from './signals.ts'

/** Where commands run, and with which services. */
export interface CommandPlace {
  /** Image of the container that they run in; default a process of this machine. Not together with `service`. */
  readonly image?: string
  /** Declared service whose container they run in, and which is not started. Not together with `image`. */
  readonly service?: string
  /** Services to start, with all they need; default all. */
  readonly services?: readonly string[]
  /** Working folder; default that of this process. */
  readonly cwd?: string
  /** Variables in addition to the addresses of the services; they win. */
  readonly env?: Readonly<Record<string, string>>
}

/** A lane with running services, for commands. */
export interface CommandLane {
  readonly name: string
  readonly view: LaneView
  /** Keeps the lane for people, as a failed command has left it, if `MESOCOSM_KEEP` asks for it. Never rejects. */
  keep(argv: readonly string[]): Promise<void>
  /** Runs a command; returns its exit code. */
  run(
    argv: readonly string[],
    io: CommandIo,
    more?: Readonly<Record<string, string>>,
  ): Promise<number>
}

/** A connection to a run, for commands. */
export interface CommandSession {
  readonly spec: TopologySpec
  readonly facts: Session['facts']
  /** Leases a lane and starts its services. */
  lease(slot: string): Promise<CommandLane>
  /** Gives all lanes back; ends the run, and waits until all is removed, unless others use it. */
  end(dirty: ResetDepth): Promise<void>
}

/** Who gets signals and progress. */
export interface SessionOptions {
  readonly signals: Signals
  readonly note: (text: string) => void
  readonly onSpec?: (spec: TopologySpec) => void
  readonly onEvent?: (event: RunEvent) => void
}

/** Connects to the run of the project, which is started if there is none. */
export const openCommandSession = async (
  project: Project,
  place: CommandPlace,
  { signals, note, onSpec, onEvent }: SessionOptions,
): Promise<CommandSession> => {
  const topology = topologyOf(project)
  const keepSetting = readKeepSetting(process.env)
  const spec = await compile(topology)
  const all = Object.keys(spec.services)
  const { service, services = [] } = place
  assertKnown([...services, ...(service === undefined ? [] : [service])], all)
  onSpec?.(spec)
  const session = await connectOrStart({ root: project.root, client: 'mesocosm run' })
  const { caller, runDir } = session
  const wanted = services.length > 0 ? services : all.filter((name) => name !== service)
  const cwd = resolve(place.cwd ?? process.cwd())
  const run = runDir.name.slice(projectPrefix(project.root).length)
  const lanes: string[] = []
  let isKept = false
  try {
    if (onEvent !== undefined) await watchEvents(caller, onEvent)
  } catch (error) {
    caller.close()
    throw error
  }

  const lease = async (slot: string): Promise<CommandLane> => {
    const view = await caller.call(
      'lease',
      { spec, slot, services: wanted },
      {
        signal: signals.aborted,
        what: `the start of ${spec.name}`,
        late: ({ lane }) => void caller.call('release', { lane, dirty: 'deep' }).catch(() => {}),
      },
    )
    lanes.push(view.lane)
    const outside = outputVariables(
      Object.fromEntries(view.services.map(({ name, outputs }) => [name, outputs])),
    )
    if (lanes.length === 1)
      for (const [name, outputs] of Object.entries(outside.ambiguous))
        note(`${name} is not set, because it stands for ${outputs.join(' and ')}`)
    const { env = {} } = place
    const inContainer = place.image !== undefined || service !== undefined
    const control = await caller.call(
      'control',
      { lane: view.lane, network: inContainer, commands: await commandsOf(topology) },
      { signal: signals.aborted, what: `the Control API of lane ${view.lane}` },
    )
    const common = {
      MESOCOSM_URL: control.networkUrl ?? control.url,
      MESOCOSM_TOKEN: control.token,
      MESOCOSM_LANE: view.lane,
    }
    return {
      name: view.lane,
      view,
      async keep(argv) {
        if (keepSetting === undefined) return
        const test = `${testIdOf(['mesocosm run', slot, ...argv])}#0`
        const request = { lane: view.lane, test, title: argv.join(' '), ...keepSetting }
        try {
          const kept = await caller.call('keepLane', request)
          isKept ||= kept !== null
          note(
            kept === null
              ? tooManyKeptText(view.lane, keepSetting.atMost)
              : keptText({ kept, run, now: Date.now() }),
          )
        } catch (error) {
          note(notKeptText(view.lane, error))
        }
      },
      run: async (argv, io, more = {}) => {
        if (!inContainer)
          return runOnHost(
            {
              argv,
              cwd,
              env: {
                ...process.env,
                MESOCOSM_RUN: run,
                ...outside.env,
                ...common,
                ...more,
                ...env,
              },
            },
            io,
            signals,
          )
        const terminal = hasTerminal(io)
        const { TERM } = process.env
        const request = {
          ...(service === undefined ? { image: place.image as string } : { service }),
          argv,
          user: `${process.getuid?.() ?? 0}:${process.getgid?.() ?? 0}`,
          cwd,
          folders: foldersOf(cwd, project.root),
          env: {
            ...(terminal && TERM !== undefined ? { TERM } : {}),
            ...common,
            ...more,
            ...env,
          },
          terminal,
        }
        const created = await caller.call(
          'command',
          { lane: view.lane, request },
          { signal: signals.aborted, what: `the container of ${argv[0] ?? 'the command'}` },
        )
        return runInContainer(created, io, signals)
      },
    }
  }

  return {
    spec,
    facts: session.facts,
    lease,
    async end(dirty) {
      try {
        // What fails here ends with the connection.
        for (const lane of lanes) await caller.call('release', { lane, dirty }).catch(() => {})
        if (!isKept) await endUnlessUsed(caller)
      } finally {
        caller.close()
      }
    },
  }
}

// ---

/** A run that only this command uses is removed before it returns: in a container, nothing outlives process 1. */
const endUnlessUsed = async (caller: Caller): Promise<void> => {
  try {
    const { kept, clients } = await caller.call('ps', {})
    if (!kept && clients.length === 1) await caller.call('down', {})
  } catch (error) {
    // The supervisor answers `down` by closing the connection.
    if (!isMesocosmError(error) || error.code !== 'SUPERVISOR_GONE') throw error
  }
}

/** The project, and the working folder where that is elsewhere; never the whole file system. */
const foldersOf = (cwd: string, root: string): string[] => {
  if (isWithin(cwd, root)) return [root]
  if (cwd === resolve('/')) return [root]
  return isWithin(root, cwd) ? [cwd] : [root, cwd]
}

const isWithin = (path: string, folder: string): boolean => {
  const way = relative(folder, path)
  return way === '' || (!way.startsWith('..') && !isAbsolute(way))
}
