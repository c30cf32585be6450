import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { namesIn } from '../disk/names-in.ts'
import { codeOf } from '../errors/unknown-error.ts'
import type { ContainerState } from '../runtime/container-state.ts'
import { notWritten } from './errors.ts'
import type { LocalFolder } from './local-folder.ts'
import { isGone, type ProcessGroup, spaceName } from './process-group.ts'

/**
 * What is known of a program, sandbox, relay or network. On disk, so that another process can list and remove what a
 * killed one leaves behind. Values of the environment are not part of it.
 */
export interface LocalRecord {
  readonly kind: 'program' | 'sandbox' | 'relay' | 'network'
  readonly id: string
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  /** Milliseconds since 1970. */
  readonly createdMs: number
  /** Of programs, sandboxes and relays. */
  readonly status?: ContainerState['status']
  /** Of what has exited. */
  readonly exitCode?: number
  /** Processes of a program that was started. */
  readonly group?: ProcessGroup
  /** Of sandboxes: as in `ContainerState.published`. */
  readonly published?: Readonly<Record<string, number>>
  /** Of sandboxes: ids of the networks that they are on. */
  readonly networks?: readonly string[]
}

/** The records of all runs of this user. */
export class LocalRecords {
  readonly folder: LocalFolder
  readonly #space = spaceName()

  constructor(folder: LocalFolder) {
    this.folder = folder
  }

  /**
   * Writes a record in one step, so that no reader sees half of it.
   *
   * @throws {MesocosmError} `DISK_FULL`, `ENGINE_FAILED`.
   */
  write(record: LocalRecord): void {
    const path = this.#path(record.id)
    const draft = `${path}.${process.pid}.${this.#space}`
    try {
      writeFileSync(draft, JSON.stringify(record), { mode: 0o600 })
      renameSync(draft, path)
    } catch (error) {
      rmSync(draft, { force: true })
      throw notWritten(path, error)
    }
  }

  read(id: string): LocalRecord | undefined {
    return isLocalId(id) ? this.#read(id) : undefined
  }

  delete(id: string): void {
    if (isLocalId(id)) rmSync(this.#path(id), { force: true })
  }

  /** Returns the records that carry every one of these labels. */
  list(labels: Readonly<Record<string, string>> = {}): LocalRecord[] {
    const names = namesIn(this.folder.records)
    for (const name of names) this.#tidy(name)
    return names
      .flatMap((name) => (name.endsWith('.json') ? (this.#read(name.slice(0, -5)) ?? []) : []))
      .filter((record) => hasLabels(record.labels, labels))
  }

  /** Removes what a process that was killed while it wrote has left. */
  #tidy(name: string): void {
    const [, pid, space] = /\.json\.(\d+)\.([0-9a-f]+)$/.exec(name) ?? []
    // Of another namespace, it is not known whether the process runs.
    if (space === this.#space && isGone(Number(pid)))
      rmSync(join(this.folder.records, name), { force: true })
  }

  #path(id: string): string {
    return join(this.folder.records, `${id}.json`)
  }

  #read(id: string): LocalRecord | undefined {
    try {
      return JSON.parse(readFileSync(this.#path(id), 'utf8')) as LocalRecord
    } catch (error) {
      // It may be removed while it is listed.
      if (codeOf(error) === 'ENOENT') return undefined
      if (!(error instanceof SyntaxError)) throw error
      // Left empty when the machine lost power, so nothing of it runs; it must not keep all runs of this user from working.
      this.delete(id)
      return undefined
    }
  }
}

/** Returns whether labels include all of the others. */
export const hasLabels = (
  labels: Readonly<Record<string, string>>,
  wanted: Readonly<Record<string, string>>,
): boolean => Object.entries(wanted).every(([name, value]) => labels[name] === value)

/** Returns whether something with this id would be a process of this machine; ids of engines never look like it. */
export const isLocalId = (id: string): boolean => /^p[0-9a-f]{11}$/.test(id)
