import { closeSync, fstatSync, openSync, readFileSync, readSync } from 'node:fs'
import { join } from 'node:path'
import { namesIn } from '../../disk/names-in.ts'
import { codeOf } from '../../errors/unknown-error.ts'
import type { FileCursor, NewEvents, NewLogs } from '../live/protocol.ts'
import { type LogOwner, ownerOfLog } from '../write/log-scan.ts'

/** Bytes of log rows in one answer, about. */
const answerBytes = 8 * 1024 * 1024

/** Returns what the entries of a run have got after a position. */
export const newEvents = (runFolder: string, cursor: FileCursor): NewEvents => {
  const next: Record<string, number> = {}
  const files: { name: string; text: string }[] = []
  const facts = readIfExists(join(runFolder, 'run.json'))
  if (facts !== undefined) {
    // It is replaced, so what counts is whether it differs.
    next['run.json'] = facts.length
    if (facts.length !== cursor['run.json']) files.push({ name: 'run.json', text: facts })
  }
  for (const file of ndjsonIn(join(runFolder, 'ev'))) {
    const name = `ev/${file}`
    const from = positionIn(cursor, name)
    const bytes = wholeLines(join(runFolder, name), from)
    next[name] = from + bytes.length
    if (bytes.length > 0) files.push({ name, text: bytes.toString() })
  }
  return { cursor: next, files }
}

/** Returns what the logs of a run have got after a position. */
export const newLogs = (
  runFolder: string,
  cursor: FileCursor,
  owners: Map<string, LogOwner>,
): NewLogs => {
  const next: Record<string, number> = { ...cursor }
  const logs: NewLogs['logs'][number][] = []
  let left = answerBytes
  for (const name of ndjsonIn(join(runFolder, 'log'))) {
    if (left <= 0) return { cursor: next, logs, more: true }
    const path = join(runFolder, 'log', name)
    const from = positionIn(cursor, name)
    const bytes = wholeLines(path, from, left)
    if (bytes.length === 0) continue
    const owner = owners.get(name) ?? ownerOfLog(path)
    owners.set(name, owner)
    next[name] = from + bytes.length
    left -= bytes.length
    logs.push({ name, ...owner, text: bytes.toString() })
  }
  return { cursor: next, logs, more: left <= 0 }
}

/** Returns a number that differs when the record of a run has changed. */
export const sizeOfRecord = (runFolder: string): number => {
  let size = 0
  for (const sub of ['ev', 'log'])
    for (const name of ndjsonIn(join(runFolder, sub)))
      size += sizeOf(join(runFolder, sub, name)) + 1
  return size + (readIfExists(join(runFolder, 'run.json'))?.length ?? 0)
}

// ---

const ndjsonIn = (folder: string): string[] =>
  namesIn(folder)
    .filter((name) => name.endsWith('.ndjson'))
    .sort()

/** The cursor comes from a page. */
const positionIn = (cursor: FileCursor, name: string): number => {
  const position = Object.hasOwn(cursor, name) ? cursor[name] : 0
  return Number.isSafeInteger(position) && (position as number) >= 0 ? (position as number) : 0
}

const lineFeed = 0x0a

/** Reads lines that have ended; more than `atMost` bytes if the first one is longer. */
const wholeLines = (path: string, from: number, atMost = Number.POSITIVE_INFINITY): Buffer => {
  let file: number
  try {
    file = openSync(path, 'r')
  } catch (error) {
    // Of a record that is full, the oldest files are deleted.
    if (codeOf(error) === 'ENOENT') return Buffer.alloc(0)
    throw error
  }
  try {
    const rest = fstatSync(file).size - from
    for (let length = Math.min(rest, atMost); length > 0; length = Math.min(rest, length * 4)) {
      const block = Buffer.allocUnsafe(length)
      const count = readSync(file, block, 0, length, from)
      const end = block.subarray(0, count).lastIndexOf(lineFeed) + 1
      if (end > 0 || length === rest) return block.subarray(0, end)
    }
    return Buffer.alloc(0)
  } finally {
    closeSync(file)
  }
}

const readIfExists = (path: string): string | undefined => {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  }
}

const sizeOf = (path: string): number => {
  try {
    const file = openSync(path, 'r')
    try {
      return fstatSync(file).size
    } finally {
      closeSync(file)
    }
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return 0
    throw error
  }
}
