import { closeSync, openSync, writeSync } from 'node:fs'
import { codeOf, messageOf } from '../errors/unknown-error.ts'

/** What several files have in common. */
export interface AppendContext {
  /** Creates the folder of the file if it is missing; called before the file is opened. May throw. */
  readonly makeFolder?: (() => void) | undefined
  /** Called at the first fault of a file, with what failed: `ENOSPC: no space left on device, write`. */
  readonly onFault?: ((path: string, reason: string) => void) | undefined
}

/** How to write a file. */
export interface AppendOptions extends AppendContext {
  readonly path: string
  /** `ax`: throws `EEXIST` if the file exists. */
  readonly flags: 'a' | 'ax'
  /** First row; written before any other, however late. */
  readonly head: string
  /** Returns the row that stands for rows that could not be written. */
  readonly gap: (lost: number, reason: string) => string
  /** Default: the file system. */
  readonly disk?: AppendDisk
}

/** What an append file needs of the file system; the functions of the same name in `node:fs`. */
export interface AppendDisk {
  open(path: string, flags: string, mode: number): number
  write(file: number, bytes: Uint8Array, offset: number): number
  close(file: number): void
}

/**
 * A file of rows, one per line, that one process appends to. A record is evidence, not a part of the run: a row that
 * cannot be written is counted and dropped, and once there is space again, a row says so in its place.
 */
export interface AppendFile extends Disposable {
  readonly path: string
  /** Writes rows synchronously, so that the last one before a crash is on disk. Never throws. */
  append(rows: readonly string[]): void
}

/** Opens an append file of mode 0600 and writes its head. If that fails, each later `append` tries again. */
export const openAppendFile = (options: AppendOptions): AppendFile => {
  const { path, flags, head, gap, makeFolder, onFault, disk = fileSystem } = options
  let file: number | undefined
  let isNew = true
  let closed = false
  let headed = false
  /** Whether the file ends within a row. */
  let torn = false
  let lost = 0
  let reason: string | undefined
  /** Returns how many of the rows are whole on disk. */
  const put = (rows: readonly string[]): number => {
    // A row of its own for what is torn: readers skip it.
    const bytes = Buffer.from(`${torn ? '\n' : ''}${rows.join('\n')}\n`)
    let written = 0
    try {
      if (file === undefined) {
        makeFolder?.()
        file = disk.open(path, flags, 0o600)
      }
      while (written < bytes.length) {
        const count = disk.write(file, bytes, written)
        if (count === 0) throw new Error('the file system takes no more bytes')
        written += count
      }
      torn = false
      return rows.length
    } catch (error) {
      if (isNew && codeOf(error) === 'EEXIST') throw error
      if (reason === undefined) onFault?.(path, messageOf(error))
      reason = messageOf(error)
    }
    if (written === 0) return 0
    const lines = bytes.toString('utf8', 0, written).split('\n')
    const whole = lines.length - 1 - (torn ? 1 : 0)
    torn = lines.at(-1) !== ''
    return whole
  }
  const append = (rows: readonly string[]) => {
    const before = [
      ...(headed ? [] : [head]),
      ...(lost === 0 ? [] : [gap(lost, reason ?? 'unknown')]),
    ]
    if (closed || before.length + rows.length === 0) return
    const whole = put([...before, ...rows])
    headed ||= whole > 0
    if (whole >= before.length) lost = 0
    lost += rows.length - Math.max(0, whole - before.length)
  }
  append([])
  isNew = false
  return {
    path,
    append,
    [Symbol.dispose]() {
      if (closed) return
      // The last chance to tell what is missing.
      if (lost > 0) append([])
      closed = true
      try {
        if (file !== undefined) disk.close(file)
      } catch (error) {
        onFault?.(path, messageOf(error))
      }
    },
  }
}

// ---

const fileSystem: AppendDisk = {
  open: openSync,
  write: (file, bytes, offset) => writeSync(file, bytes, offset),
  close: closeSync,
}
