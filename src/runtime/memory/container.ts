import { constants } from 'node:os'
import { PassThrough } from 'node:stream'
import type { ContainerSpec } from '../container-spec.ts'
import type { ContainerState } from '../container-state.ts'
import type { InteractiveProgram, TerminalSize } from '../interactive-program.ts'
import type { OutputChunk, OutputGap, StartedProgram } from '../running-program.ts'
import { type FileTable, filesOf } from './files.ts'
import type { Namespace } from './namespace.ts'
import type { MemoryImage, ProgramContext } from './program.ts'

/** What a container needs from the runtime. */
export interface Surroundings extends Pick<ProgramContext, 'lookup' | 'reach'> {
  /** Its own, or that of the sandbox it has joined. */
  readonly namespace: Namespace
  /** Publishes an event of the container. */
  emit(event: ContainerEvent): void
}

/** A life-cycle event, without container and time. */
export type ContainerEvent =
  | { readonly kind: 'started' | 'paused' | 'unpaused' | 'out-of-memory' }
  | { readonly kind: 'exited'; readonly exitCode: number }
  | { readonly kind: 'health'; readonly healthy: boolean }

/** A container of the in-memory runtime. */
export interface MemoryContainer {
  readonly id: string
  readonly spec: ContainerSpec
  readonly image: MemoryImage
  readonly files: FileTable
  readonly surroundings: Surroundings
  /** Milliseconds since 1970. */
  readonly createdMs: number
  state(): ContainerState
  /** Runs the program; resolves once it runs. */
  start(
    onOutput: ((chunk: OutputChunk) => void) | undefined,
    onGap?: (gap: OutputGap) => void,
  ): Promise<StartedProgram>
  /** The same, with input; see `RuntimeAbilities.startInteractive`. */
  startInteractive(onOutput: (chunk: OutputChunk) => void): Promise<InteractiveProgram>
  /** Breaks the connection of the reader while `during` runs; see `MemoryRuntime.interrupt`. */
  interrupt(during: () => Promise<void>, isLost: boolean): Promise<void>
  /** Pauses, unpauses or signals the program; a no-op unless it runs. */
  signal(signal: string): void
  /** Calls `stop` when its program ends; at once if it does not run. */
  whileRunning(stop: () => void): void
  /** Returns what its program and commands run in it have in common. */
  commonContext(
    argv: readonly string[],
    more: { user?: string; cwd?: string; env?: object },
  ): CommonContext
}

type CommonContext = Omit<
  ProgramContext,
  'print' | 'listen' | 'onSignal' | 'over' | 'health' | 'input' | 'terminalSize' | 'outOfMemory'
>

/** One run of the program, from start to end. */
interface Run {
  readonly input: PassThrough
  readonly over: AbortController
  readonly handlers: Map<string, () => void>
  readonly stops: Set<() => void>
  /** Output of a paused program, delivered when it is unpaused. */
  readonly held: OutputChunk[]
  readonly onOutput: ((chunk: OutputChunk) => void) | undefined
  readonly onGap: ((gap: OutputGap) => void) | undefined
  /** Output that the reader does not get for now, because its connection is interrupted. */
  missed: OutputChunk[] | undefined
  /** Resolves when the reader has everything; set while its connection is interrupted. */
  interrupted: Promise<void> | undefined
  readonly ended: () => void
}

/** Creates a container, not started. */
export const createMemoryContainer = (
  id: string,
  spec: ContainerSpec,
  image: MemoryImage,
  files: FileTable,
  surroundings: Surroundings,
): MemoryContainer => {
  const now: {
    status: ContainerState['status']
    exitCode?: number
    outOfMemory: boolean
    health: ContainerState['health']
    run?: Run
    terminalSize?: TerminalSize
  } = { status: 'created', outOfMemory: false, health: 'none' }
  const owner = spec.network.kind !== 'joined'
  const createdMs = Date.now()

  const end = (run: Run, exitCode: number, outOfMemory = false): void => {
    if (now.run !== run) return
    delete now.run
    Object.assign(now, { status: 'exited', exitCode, outOfMemory })
    run.over.abort()
    for (const stop of run.stops) stop()
    void (run.interrupted ?? Promise.resolve()).then(run.ended)
    if (owner) surroundings.namespace.close()
    if (outOfMemory) surroundings.emit({ kind: 'out-of-memory' })
    surroundings.emit({ kind: 'exited', exitCode })
  }

  const print =
    (run: Run) =>
    (text: string, stream: OutputChunk['stream'] = 'stdout') => {
      if (now.run !== run) return
      const chunk = { stream, bytes: Buffer.from(text) }
      if (now.status === 'paused') run.held.push(chunk)
      else pass(run, chunk)
    }

  const commonContext: MemoryContainer['commonContext'] = (argv, more) => ({
    argv,
    env: { ...image.env, ...spec.env, ...more.env },
    cwd: more.cwd ?? spec.workdir ?? '/',
    user: more.user ?? spec.user ?? 'root',
    hostname: spec.hostname ?? id.slice(0, 12),
    files: filesOf(files, spec.mounts ?? []),
    lookup: surroundings.lookup,
    reach: surroundings.reach,
  })

  const contextOf = (run: Run): ProgramContext => ({
    ...commonContext(argvOf(spec, image), {}),
    input: run.input,
    terminalSize: () => now.terminalSize,
    print: print(run),
    over: run.over.signal,
    onSignal: (signal, handler) => void run.handlers.set(signal, handler),
    listen: async (port, onConnection) => {
      const stop = await surroundings.namespace.listen(port, onConnection)
      if (now.run === run) run.stops.add(stop)
      else stop()
    },
    health: (healthy) => {
      if (now.run !== run) return
      now.health = healthy ? 'healthy' : 'unhealthy'
      surroundings.emit({ kind: 'health', healthy })
    },
    outOfMemory: () => end(run, 137, true),
  })

  const begin = async (onOutput: Run['onOutput'], onGap?: Run['onGap']) => {
    const ended = resolvable()
    const run: Run = {
      input: new PassThrough(),
      over: new AbortController(),
      handlers: new Map(),
      stops: new Set(),
      held: [],
      onOutput,
      onGap,
      missed: undefined,
      interrupted: undefined,
      ended: ended.resolve,
    }
    if (owner) await surroundings.namespace.open()
    const health = image.hasHealthcheck === true ? 'starting' : 'none'
    Object.assign(now, { status: 'running', outOfMemory: false, health, run })
    surroundings.emit({ kind: 'started' })
    // As a process does, the program begins after `start` has returned.
    setImmediate(() => void execute(contextOf(run), image).then((code) => end(run, code)))
    return { run, ended: ended.promise }
  }

  return {
    id,
    spec,
    image,
    files,
    surroundings,
    commonContext,
    start: async (onOutput, onGap) => {
      const { run, ended } = await begin(onOutput, onGap)
      run.input.end()
      return { outputEnded: onOutput === undefined ? Promise.resolve() : ended }
    },
    startInteractive: async (onOutput) => {
      const { run, ended } = await begin(onOutput)
      return {
        input: run.input,
        resize: async (size) => {
          if (spec.input === 'terminal') now.terminalSize = size
        },
        exited: ended.then(() => now.exitCode ?? 0),
      }
    },
    interrupt: async (during, isLost) => {
      const { run } = now
      if (run === undefined) return during()
      const back = resolvable()
      run.missed = []
      run.interrupted = back.promise
      try {
        await during()
      } finally {
        const missed = run.missed.splice(0)
        run.missed = undefined
        run.interrupted = undefined
        if (!isLost) for (const chunk of missed) run.onOutput?.(chunk)
        else if (missed.length > 0)
          run.onGap?.({ reason: 'the connection was interrupted', timeMs: Date.now() })
        back.resolve()
      }
    },
    signal: (signal) => {
      const { run } = now
      if (run === undefined) return
      if (signal === 'pause' || signal === 'unpause') {
        const status = signal === 'pause' ? 'paused' : 'running'
        if (now.status === status) return
        now.status = status
        surroundings.namespace.setPaused(status === 'paused')
        if (status === 'running') for (const chunk of run.held.splice(0)) pass(run, chunk)
        surroundings.emit({ kind: status === 'paused' ? 'paused' : 'unpaused' })
        return
      }
      const handler = signal === 'SIGKILL' ? undefined : run.handlers.get(signal)
      if (handler !== undefined) handler()
      else end(run, 128 + (constants.signals[signal as NodeJS.Signals] ?? 9))
    },
    whileRunning: (stop) => {
      if (now.run === undefined) stop()
      else now.run.stops.add(stop)
    },
    createdMs,
    state: () => ({
      id,
      name: spec.name,
      labels: spec.labels,
      status: now.status,
      exitCode: now.status === 'exited' ? now.exitCode : undefined,
      outOfMemory: now.outOfMemory,
      health: now.health,
      addresses:
        owner && now.run !== undefined
          ? Object.fromEntries(
              [...surroundings.namespace.links].map(([network, link]) => [network, link.address]),
            )
          : {},
      // As Docker does it: not while it is on no network.
      published:
        owner && surroundings.namespace.links.size > 0 ? surroundings.namespace.published() : {},
    }),
  }
}

// ---

const resolvable = (): { promise: Promise<void>; resolve: () => void } => {
  const made: { resolve: () => void } = { resolve: () => undefined }
  const promise = new Promise<void>((resolve) => {
    made.resolve = resolve
  })
  return { promise, resolve: made.resolve }
}

const pass = (run: Run, chunk: OutputChunk): void => {
  if (run.missed === undefined) run.onOutput?.(chunk)
  else run.missed.push(chunk)
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
