import { type ChildProcess, spawn } from 'node:child_process'
import { chmodSync, mkdirSync, rmSync, statSync } from 'node:fs'
import { isMesocosmError } from '../errors/mesocosm-error.ts'
import { messageOf } from '../errors/unknown-error.ts'
import type { ContainerSpec, LocalProgram } from '../runtime/container-spec.ts'
import type { ContainerSignal, ContainerState } from '../runtime/container-state.ts'
import type { OutputChunk, StartedProgram } from '../runtime/running-program.ts'
import { notStarted, notWritten, serviceOf } from './errors.ts'
import { findProgram } from './find-program.ts'
import { exitCodeOfSignal, limitsOf } from './limits.ts'
import type { LocalEvents } from './local-events.ts'
import { foldersOf } from './local-folder.ts'
import type { LocalRecord, LocalRecords } from './local-records.ts'
import { fillPlaceholders, type Placeholders, portVariables } from './placeholders.ts'
import {
  groupLedBy,
  isLed,
  killFollowers,
  killGroup,
  killProcesses,
  type ProcessGroup,
  programMark,
  signalGroup,
  signalLeader,
  signalTree,
} from './process-group.ts'
import { machineEnv } from './program-env.ts'

/** What a program needs of all programs. */
export interface ProgramSurroundings {
  readonly records: LocalRecords
  readonly events: LocalEvents
}

/** A program of this process: a process group, over all its starts. */
export class ProcessProgram {
  readonly id: string
  readonly spec: ContainerSpec
  readonly cwd: string
  /** Complete environment of its processes. */
  readonly env: Readonly<Record<string, string>>
  /** What its limits are set by, if by anything. */
  readonly #prefix: readonly string[]
  readonly #argv: readonly string[]
  readonly #createdMs = Date.now()
  readonly #surroundings: ProgramSurroundings
  #status: ContainerState['status'] = 'created'
  #exitCode: number | undefined
  #group: ProcessGroup | undefined
  #ended: Promise<void> = Promise.resolve()
  #removed = false

  /** @throws {MesocosmError} `TOPOLOGY_INVALID` for a placeholder of an unknown port. */
  constructor(
    id: string,
    spec: ContainerSpec & { readonly local: LocalProgram },
    ports: Placeholders['ports'],
    surroundings: ProgramSurroundings,
  ) {
    const { local } = spec
    const { dir, tmp } = foldersOf(surroundings.records.folder, id)
    const values = { ports, dir }
    const filled = Object.entries(spec.env ?? {}).map(([name, value]) => [
      name,
      fillPlaceholders(value, values),
    ])
    this.id = id
    this.spec = spec
    this.cwd = local.cwd
    this.env = {
      ...machineEnv(),
      TMPDIR: tmp,
      ...Object.fromEntries(filled),
      ...portVariables(local, values),
      [programMark]: id,
    }
    this.#prefix = limitsOf(spec, this.env).prefix
    this.#argv = local.command.map((word) => fillPlaceholders(word, values))
    this.#surroundings = surroundings
  }

  /** Creates its record and its folders. */
  note(): void {
    const { own, dir, tmp } = foldersOf(this.#surroundings.records.folder, this.id)
    try {
      // First, so that whatever follows is removed with it.
      this.#write()
      mkdirSync(own)
      // Whatever the mask of this process: a program may give up root.
      chmodSync(own, 0o711)
      for (const folder of [dir, tmp]) mkdirSync(folder, { mode: 0o700 })
    } catch (cause) {
      rmSync(own, { recursive: true, force: true })
      this.#surroundings.records.delete(this.id)
      throw isMesocosmError(cause) ? cause : notWritten(own, cause)
    }
  }

  get status(): ContainerState['status'] {
    return this.#status
  }

  state(): ContainerState {
    const pid =
      this.#status === 'running' || this.#status === 'paused' ? this.#group?.pid : undefined
    return {
      id: this.id,
      name: this.spec.name,
      labels: this.spec.labels,
      status: this.#status,
      exitCode: this.#status === 'exited' ? this.#exitCode : undefined,
      outOfMemory: false,
      health: 'none',
      ...(pid === undefined ? {} : { pid }),
      addresses: {},
      published: {},
    }
  }

  /** See `Runtime.start`; a no-op for a program that runs. */
  async start(onOutput: ((chunk: OutputChunk) => void) | undefined): Promise<StartedProgram> {
    await this.#ended
    if (this.#status === 'running' || this.#status === 'paused')
      return { outputEnded: Promise.resolve() }
    const before = this.#status
    const child = this.#spawn()
    const isSpawned = spawned(child, serviceOf(this.spec))
    const output = outputOf(child, onOutput)
    const ended = Promise.withResolvers<void>()
    child.once('exit', (code, signal) => {
      void this.#onExit(code ?? exitCodeOfSignal(signal ?? 'SIGKILL')).then(ended.resolve)
    })
    // Noted at once: this process may be killed at any time.
    if (child.pid !== undefined) {
      this.#ended = ended.promise
      this.#group = groupLedBy(child.pid)
      this.#exitCode = undefined
    }
    try {
      if (child.pid !== undefined) this.#change('running')
      await isSpawned
    } catch (error) {
      // Without its record, another process could not end it.
      if (child.pid !== undefined) await this.signal('SIGKILL')
      else this.#status = before
      throw error
    }
    this.#emit('started')
    return { outputEnded: onOutput === undefined ? Promise.resolve() : output }
  }

  /**
   * See `Runtime.signal`. Signals that end a program go to all of its group, as those of a terminal do; others to its
   * first process. After SIGKILL its ports are free when this resolves.
   */
  async signal(signal: ContainerSignal): Promise<void> {
    const group = this.#group
    if (group === undefined || (this.#status !== 'running' && this.#status !== 'paused')) return
    if (signal === 'pause' || signal === 'unpause') {
      const status = signal === 'pause' ? 'paused' : 'running'
      if (this.#status === status) return
      signalTree(group, signal === 'pause' ? 'SIGSTOP' : 'SIGCONT')
      this.#change(status)
      this.#emit(status === 'paused' ? 'paused' : 'unpaused')
      return
    }
    const name = signal as NodeJS.Signals
    if (name === 'SIGKILL') {
      killGroup(group)
      await this.#ended
    } else if (toGroup.has(name)) signalGroup(group, name)
    else signalLeader(group, name)
  }

  /** Ends all of its processes; resolves when none is left. */
  async remove(): Promise<void> {
    this.#removed = true
    await this.signal('SIGKILL')
    await killProcesses(this.#group, `${programMark}=${this.id}`)
    await this.#ended
  }

  /** Stops keeping this process alive. */
  unref(): void {
    this.#child?.unref()
  }

  // ---

  #child: ChildProcess | undefined

  #spawn(): ChildProcess {
    const service = serviceOf(this.spec)
    const { cwd, env } = this
    if (statSync(cwd, { throwIfNoEntry: false })?.isDirectory() !== true)
      throw notStarted(service, `its working folder ${cwd} is missing`, {
        remedy: 'check `local.cwd` of the service; a relative one starts at the topology file',
      })
    const [wanted = ''] = this.#argv
    if (findProgram(wanted, { cwd, env }) === undefined)
      throw notStarted(service, `the program ${wanted} is missing`, {
        remedy: `install ${wanted}, or check \`local.command\` of the service; shell syntax needs ['sh', '-c', …]`,
      })
    const [name = '', ...args] = [...this.#prefix, ...this.#argv]
    const child = spawn(findProgram(name, { cwd, env }) ?? name, args, {
      argv0: name,
      cwd,
      env,
      // A session and a process group of its own.
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.#child = child
    return child
  }

  /** As in a container, nothing of a program outlives its first process. */
  async #onExit(exitCode: number): Promise<void> {
    if (this.#group !== undefined) killFollowers(this.#group)
    await killProcesses(undefined, `${programMark}=${this.id}`)
    this.#exitCode = exitCode
    this.#status = 'exited'
    try {
      if (!this.#removed) this.#write()
    } catch {
      // The disk is full. Readers of the old record see that its process has ended.
    }
    this.#emit('exited')
  }

  #change(status: ContainerState['status']): void {
    this.#status = status
    if (!this.#removed) this.#write()
  }

  #write(): void {
    const { id, spec } = this
    const record: LocalRecord = {
      kind: 'program',
      id,
      name: spec.name,
      labels: spec.labels,
      createdMs: this.#createdMs,
      status: this.#status,
      ...(this.#exitCode === undefined ? {} : { exitCode: this.#exitCode }),
      ...(this.#group === undefined ? {} : { group: this.#group }),
    }
    this.#surroundings.records.write(record)
  }

  #emit(kind: 'started' | 'paused' | 'unpaused' | 'exited'): void {
    const moment = { container: this.id, timeMs: Date.now() }
    this.#surroundings.events.emit(
      this.spec.labels,
      kind === 'exited' ? { ...moment, kind, exitCode: this.#exitCode ?? 0 } : { ...moment, kind },
    )
  }
}

/** Returns the status of a program that another process has started, or a former one that was killed. */
export const recordedStatus = ({ status, group }: LocalRecord): ContainerState['status'] => {
  if (status !== 'running' && status !== 'paused') return status ?? 'created'
  return group !== undefined && isLed(group) ? status : 'exited'
}

// ---

/** Signals that end programs by default, and that their own children would not outlive in a container. */
const toGroup: ReadonlySet<NodeJS.Signals> = new Set([
  ...(['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT', 'SIGSTOP', 'SIGCONT'] as const),
])

const spawned = (child: ChildProcess, service: string): Promise<void> =>
  new Promise((resolve, reject) => {
    child.once('spawn', resolve)
    child.once('error', (cause) => reject(notStarted(service, messageOf(cause), { cause })))
  })

/** Passes output on; resolves when both streams have ended. */
const outputOf = async (
  { stdout, stderr }: ChildProcess,
  onOutput: ((chunk: OutputChunk) => void) | undefined,
): Promise<void> => {
  await Promise.all(
    (
      [
        ['stdout', stdout],
        ['stderr', stderr],
      ] as const
    ).map(
      ([stream, pipe]) =>
        new Promise<void>((resolve) => {
          pipe?.on('data', (bytes: Buffer) => onOutput?.({ stream, bytes }))
          pipe?.on('error', () => undefined)
          pipe?.once('close', resolve)
        }),
    ),
  )
}
