import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { codeOf } from '../../errors/unknown-error.ts'
import type { BlobRef } from '../../trace/event/event.ts'
import type { Trace, TraceNode } from '../../trace/read/trace.ts'

/** Which of the record's blobs go into a report. */
export interface ChosenBlobs {
  /** Each once. */
  readonly chosen: readonly BlobRef[]
  /** How many are left out, and their size. */
  readonly left: { readonly count: number; readonly bytes: number }
}

/** Chooses blobs that entries refer to, those of failed tests first, until a number of bytes. */
export const chooseBlobs = (trace: Trace, atMost: number): ChosenBlobs => {
  const refs = new Map<string, BlobRef>()
  const collect = (value: unknown, depth: number): void => {
    if (typeof value !== 'object' || value === null || depth === 0) return
    if (isBlobRef(value)) {
      if (!refs.has(value.sha256)) refs.set(value.sha256, value)
      return
    }
    for (const item of Object.values(value)) collect(item, depth - 1)
  }
  const collectBelow = ({ events, children }: TraceNode): void => {
    for (const event of events) collect(event, deepest)
    for (const child of children) collectBelow(child)
  }
  for (const test of trace.tests) if (test.status !== 'passed') collectBelow(test)
  for (const event of trace.events) collect(event, deepest)
  const chosen: BlobRef[] = []
  const left = { count: 0, bytes: 0 }
  let size = 0
  for (const ref of refs.values()) {
    if (size + ref.bytes <= atMost) {
      chosen.push(ref)
      size += ref.bytes
    } else {
      left.count++
      left.bytes += ref.bytes
    }
  }
  return { chosen, left }
}

/** Reads a blob from the folders that may have it; `undefined` if none has. */
export const readBlob = (folders: readonly string[], sha256: string): Buffer | undefined => {
  for (const folder of folders) {
    try {
      return readFileSync(join(folder, sha256))
    } catch (error) {
      if (codeOf(error) !== 'ENOENT') throw error
    }
  }
  return undefined
}

// ---

/** `{ events: [{ blobs: { stdout: ref } }] }`, and lists of attachments. */
const deepest = 5

const isBlobRef = (value: object): value is BlobRef =>
  'sha256' in value &&
  typeof value.sha256 === 'string' &&
  /^[\da-f]{64}$/.test(value.sha256) &&
  'bytes' in value &&
  typeof value.bytes === 'number'
