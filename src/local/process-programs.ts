import { randomBytes } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { attachSecondary } from '../errors/attach-secondary.ts'
import { MesocosmError } from '../errors/mesocosm-error.ts'
import type { ExecRequest, ExecResult } from '../model/exec.ts'
import type { RuntimeEvent } from '../runtime/container-event.ts'
import type { ContainerSpec, CreateOptions } from '../runtime/container-spec.ts'
import type { ContainerSignal, ContainerState } from '../runtime/container-state.ts'
import type { Inventory } from '../runtime/inventory.ts'
import type { ExecOptions, OutputChunk, StartedProgram } from '../runtime/running-program.ts'
import { copyFiles } from './copy-files.ts'
import { noLocalForm, notStarted } from './errors.ts'
import { limitsOf } from './limits.ts'
import { LocalEvents } from './local-events.ts'
import { foldersOf, openLocalFolder } from './local-folder.ts'
import { LocalPorts } from './local-ports.ts'
import { isLocalId, type LocalRecord, LocalRecords } from './local-records.ts'
import { killProcesses, programMark } from './process-group.ts'
import { ProcessProgram, recordedStatus } from './process-program.ts'

/** Options of {@link ProcessPrograms}. */
export interface ProcessProgramsOptions {
  /** Where programs are noted; default the folder of this user, which clean-up reads. */
  readonly folder?: string
}

/**
 * Programs that run as processes of this machine: the `ContainerSpec.local` of containers. What another process of this
 * user has started can be inspected, listed and removed as well; started, signalled and entered only what is its own.
 *
 * A program is a process group with a session of its own. It gets `${DIR}`, a folder of mode 0700 below ones that
 * everybody may pass, and a folder for temporary files; both are removed with it.
 */
export class ProcessPrograms implements AsyncDisposable {
  readonly records: LocalRecords
  /** Reserves ports for programs and sandboxes, until they are removed. */
  readonly ports: LocalPorts
  readonly events = new LocalEvents()
  readonly #programs = new Map<string, ProcessProgram>()

  /** @throws {MesocosmError} `RUNTIME_UNSUPPORTED` on Windows, `ENGINE_FAILED` if the folder cannot be used. */
  constructor({ folder }: ProcessProgramsOptions = {}) {
    if (process.platform === 'win32') throw noProcessGroups()
    this.records = new LocalRecords(openLocalFolder(folder))
    this.ports = new LocalPorts(this.records)
  }

  /** Returns an id for something that is noted here; ids of engines never look like it. */
  newId(): string {
    return `p${randomBytes(6).toString('hex').slice(0, 11)}`
  }

  /** Whether this is the id of a program, its own or of another process. */
  has(id: string): boolean {
    return this.#programs.has(id) || this.#recorded(id) !== undefined
  }

  /**
   * Notes a program without starting it, with its files copied into its folder; returns its id.
   *
   * @param port returns the number of the port at which the process must listen, by the port's name.
   * @throws {MesocosmError} `LOCAL_UNSUPPORTED` without `local`; `TOPOLOGY_INVALID` for a placeholder of an unknown port;
   * `SERVICE_START_FAILED` for a missing host file; `DISK_FULL`.
   */
  async create(
    spec: ContainerSpec,
    port: (name: string) => number,
    { onWarning }: CreateOptions = {},
    id: string = this.newId(),
  ): Promise<string> {
    const { local } = spec
    if (local === undefined) throw noLocalForm(spec)
    const ports = new Map(Object.keys(local.ports).map((name) => [name, port(name)]))
    const program = new ProcessProgram(id, { ...spec, local }, ports, this)
    program.note()
    this.#programs.set(id, program)
    try {
      await copyFiles(local.files ?? [], foldersOf(this.records.folder, id).dir)
    } catch (error) {
      await this.remove(id).catch((second: unknown) => attachSecondary(error, second))
      throw error
    }
    const { ignored } = limitsOf(spec, program.env)
    if (ignored.length > 0)
      onWarning?.(
        `without effect, because it runs as a process of this machine: ${ignored.join(', ')}`,
      )
    return id
  }

  /** See `Runtime.start`. */
  async start(id: string, onOutput?: (chunk: OutputChunk) => void): Promise<StartedProgram> {
    const program = this.#programs.get(id)
    if (program !== undefined) return program.start(onOutput)
    throw notStarted(`program ${id}`, 'it is missing, or belongs to another process', {
      remedy: 'create it first',
    })
  }

  /** See `Runtime.inspect`. */
  inspect(id: string): ContainerState | undefined {
    const record = this.#recorded(id)
    // Another process may have removed it.
    if (record === undefined) return undefined
    return this.#programs.get(id)?.state() ?? stateOf(record)
  }

  /** See `Runtime.signal`. */
  async signal(id: string, signal: ContainerSignal): Promise<void> {
    await this.#programs.get(id)?.signal(signal)
  }

  /** See `Runtime.exec`; in the folder and with the environment of the program. */
  async exec(id: string, request: ExecRequest, options?: ExecOptions): Promise<ExecResult> {
    const { execIn } = await import('./process-exec.ts')
    return execIn(this.#programs.get(id), request, options)
  }

  /** Returns the environment and the folder that a program runs with; `undefined` for one of another process. */
  placeOf(id: string): Pick<ProcessProgram, 'cwd' | 'env'> | undefined {
    return this.#programs.get(id)
  }

  /**
   * Ends a program with all of its processes, and removes its folder and ports; a no-op if it is missing.
   *
   * @throws {MesocosmError} `ENGINE_FAILED` if a process could not be ended.
   */
  async remove(id: string): Promise<void> {
    const record = this.#recorded(id)
    const program = this.#programs.get(id)
    if (record === undefined && program === undefined) return
    await program?.remove()
    const left = await killProcesses(record?.group, `${programMark}=${id}`)
    if (left.length > 0) throw notEnded(record?.name ?? id, left)
    const { own } = foldersOf(this.records.folder, id)
    await rm(own, { recursive: true, force: true, maxRetries: 3 })
    this.ports.release(id)
    this.records.delete(id)
    if (!this.#programs.delete(id) || program === undefined) return
    const removed = { kind: 'removed', container: id, timeMs: Date.now() } as const
    this.events.emit(program.spec.labels, removed)
  }

  /** See `Runtime.list`. */
  list(labels: Readonly<Record<string, string>>): Inventory['containers'] {
    return this.records
      .list(labels)
      .filter(({ kind }) => kind === 'program')
      .map((record) => {
        const { id, name, createdMs } = record
        const status = this.#programs.get(id)?.status ?? recordedStatus(record)
        return { id, name, labels: record.labels, status, createdMs }
      })
  }

  /** See `Runtime.watch`; events of this process's own programs. */
  watch(
    labels: Readonly<Record<string, string>>,
    onEvent: (event: RuntimeEvent) => void,
  ): AsyncDisposable {
    return this.events.watch(labels, onEvent)
  }

  /** Leaves programs as they are, as an engine does, and stops keeping this process alive. */
  async [Symbol.asyncDispose](): Promise<void> {
    for (const program of this.#programs.values()) program.unref()
  }

  // ---

  #recorded(id: string): LocalRecord | undefined {
    const record = isLocalId(id) ? this.records.read(id) : undefined
    return record?.kind === 'program' ? record : undefined
  }
}

/** Returns the state of something that another process has noted. */
export const stateOf = (record: LocalRecord): ContainerState => {
  const status = recordedStatus(record)
  return {
    id: record.id,
    name: record.name,
    labels: record.labels,
    status,
    // Killed together with the process that knew better.
    exitCode: status === 'exited' ? (record.exitCode ?? 137) : undefined,
    outOfMemory: false,
    health: 'none',
    ...(status === 'running' && record.group !== undefined ? { pid: record.group.pid } : {}),
    addresses: {},
    published: {},
  }
}

// ---

const notEnded = (name: string, pids: readonly number[]): MesocosmError =>
  new MesocosmError({
    code: 'ENGINE_FAILED',
    message: `${name} was killed, and processes of it still run: ${pids.join(', ')}`,
    remedy: 'look at them with `ps`; a process that waits for a device cannot be killed',
    facts: { program: name, pids },
  })

const noProcessGroups = (): MesocosmError =>
  new MesocosmError({
    code: 'RUNTIME_UNSUPPORTED',
    message: 'services cannot run as processes of Windows, which has no process groups',
    remedy: 'use a container engine, or run the tests in WSL',
  })
