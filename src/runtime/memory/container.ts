import { constants } from 'node:os'
import type { ContainerSpec, ContainerState, OutputChunk, StartedProgram } from '../runtime.ts'
import { type FileTable, filesOf } from './files.ts'
import type { Place } from './place.ts'
import type { MemoryImage, ProgramContext } from './program.ts'

/** What a container needs of the runtime around it. */
export interface Around {
  readonly place: Place
  lookup(name: string): string | undefined
  reach(host: string, port: number): { readonly host: string; readonly port: number } | undefined
  tell(event: ContainerNews): void
}

export type ContainerNews =
  | { readonly kind: 'started' | 'paused' | 'unpaused' | 'out-of-memory' }
  | { readonly kind: 'exited'; readonly exitCode: number }
  | { readonly kind: 'health'; readonly healthy: boolean }

export interface MemoryContainer {
  readonly id: string
  readonly spec: ContainerSpec
  readonly image: MemoryImage
  readonly files: FileTable
  readonly around: Around
  state(): ContainerState
  /** Runs the program; resolves once it runs. */
  start(onOutput: ((chunk: OutputChunk) => void) | undefined): Promise<StartedProgram>
  signal(signal: string): void
  /** Everything about a program run in it that is the same for the program and for commands. */
  surroundings(
    argv: readonly string[],
    more: { user?: string; cwd?: string; env?: object },
  ): Surroundings
}

type Surroundings = Omit<
  ProgramContext,
  'print' | 'listen' | 'onSignal' | 'over' | 'health' | 'outOfMemory'
>

/** One run of the program, from start to end. */
interface Run {
  readonly over: AbortController
  readonly handlers: Map<string, () => void>
  readonly stops: Set<() => void>
  /** Output of a frozen program, which comes when it thaws. */
  readonly held: OutputChunk[]
  readonly onOutput: ((chunk: OutputChunk) => void) | undefined
  readonly ended: () => void
}

export const createMemoryContainer = (
  id: string,
  spec: ContainerSpec,
  image: MemoryImage,
  files: FileTable,
  around: Around,
): MemoryContainer => {
  const now: {
    status: ContainerState['status']
    exitCode?: number
    outOfMemory: boolean
    health: ContainerState['health']
    run?: Run
  } = { status: 'created', outOfMemory: false, health: 'none' }
  const own = spec.network.kind === 'own'

  const end = (run: Run, exitCode: number, outOfMemory = false): void => {
    if (now.run !== run) return
    delete now.run
    Object.assign(now, { status: 'exited', exitCode, outOfMemory })
    run.over.abort()
    for (const stop of run.stops) stop()
    run.ended()
    if (own) around.place.close()
    if (outOfMemory) around.tell({ kind: 'out-of-memory' })
    around.tell({ kind: 'exited', exitCode })
  }

  const print =
    (run: Run) =>
    (text: string, stream: OutputChunk['stream'] = 'stdout') => {
      if (now.run !== run) return
      const chunk = { stream, bytes: Buffer.from(text) }
      if (now.status === 'paused') run.held.push(chunk)
      else run.onOutput?.(chunk)
    }

  const surroundings: MemoryContainer['surroundings'] = (argv, more) => ({
    argv,
    env: { ...image.env, ...spec.env, ...more.env },
    cwd: more.cwd ?? spec.workdir ?? '/',
    user: more.user ?? spec.user ?? 'root',
    hostname: spec.hostname ?? id.slice(0, 12),
    files: filesOf(files, spec.mounts ?? []),
    lookup: around.lookup,
    reach: around.reach,
  })

  const contextOf = (run: Run): ProgramContext => ({
    ...surroundings(argvOf(spec, image), {}),
    print: print(run),
    over: run.over.signal,
    onSignal: (signal, handler) => void run.handlers.set(signal, handler),
    listen: async (port, onConnection) => {
      const stop = await around.place.listen(port, onConnection)
      if (now.run === run) run.stops.add(stop)
      else stop()
    },
    health: (healthy) => {
      if (now.run !== run) return
      now.health = healthy ? 'healthy' : 'unhealthy'
      around.tell({ kind: 'health', healthy })
    },
    outOfMemory: () => end(run, 137, true),
  })

  return {
    id,
    spec,
    image,
    files,
    around,
    surroundings,
    start: async (onOutput) => {
      const ended = resolvable()
      const run: Run = {
        over: new AbortController(),
        handlers: new Map(),
        stops: new Set(),
        held: [],
        onOutput,
        ended: ended.resolve,
      }
      if (own) await around.place.open()
      const health = image.hasHealthcheck === true ? 'starting' : 'none'
      Object.assign(now, { status: 'running', outOfMemory: false, health, run })
      around.tell({ kind: 'started' })
      // The program begins after the caller knows that it runs, as a process does.
      setImmediate(() => void execute(contextOf(run), image).then((code) => end(run, code)))
      return { outputEnded: onOutput === undefined ? Promise.resolve() : ended.promise }
    },
    signal: (signal) => {
      const { run } = now
      if (run === undefined) return
      if (signal === 'pause' || signal === 'unpause') {
        const status = signal === 'pause' ? 'paused' : 'running'
        if (now.status === status) return
        now.status = status
        around.place.freeze(status === 'paused')
        if (status === 'running') for (const chunk of run.held.splice(0)) run.onOutput?.(chunk)
        around.tell({ kind: status === 'paused' ? 'paused' : 'unpaused' })
        return
      }
      const handler = signal === 'SIGKILL' ? undefined : run.handlers.get(signal)
      if (handler !== undefined) handler()
      else end(run, 128 + (constants.signals[signal as NodeJS.Signals] ?? 9))
    },
    state: () => ({
      id,
      name: spec.name,
      labels: spec.labels,
      status: now.status,
      exitCode: now.status === 'exited' ? now.exitCode : undefined,
      outOfMemory: now.outOfMemory,
      health: now.health,
      addresses:
        own && now.run !== undefined
          ? Object.fromEntries(
              [...around.place.links].map(([network, link]) => [network, link.address]),
            )
          : {},
      published: own ? around.place.published() : {},
    }),
  }
}

const resolvable = (): { promise: Promise<void>; resolve: () => void } => {
  const made: { resolve: () => void } = { resolve: () => undefined }
  const promise = new Promise<void>((resolve) => {
    made.resolve = resolve
  })
  return { promise, resolve: made.resolve }
}

const argvOf = (spec: ContainerSpec, image: MemoryImage): readonly string[] => [
  ...(spec.entrypoint ?? image.entrypoint ?? []),
  ...(spec.command ?? image.command ?? []),
]

const execute = async (context: ProgramContext, image: MemoryImage): Promise<number> => {
  try {
    return (await image.run(context)) ?? 0
  } catch (error) {
    context.print(`${error instanceof Error ? error.stack : error}\n`, 'stderr')
    return 1
  }
}
