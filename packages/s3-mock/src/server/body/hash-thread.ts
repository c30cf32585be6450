import { Worker } from 'node:worker_threads'
import type { Digests, HashName } from './digests.ts'

/** Hashes bodies in another thread, while this one reads more of them. */
export interface HashThread {
  /** Starts the hashes of one body. */
  open(names: readonly HashName[]): Digests
  /** Number of bodies that have not ended. */
  readonly bodies: number
}

/** Bytes that are handed over at once: each hand-over has a cost. */
const slotSize = 256 * 1024

/** Hand-overs that wait for the thread; a sender waits if there are more. */
const slots = 16

/**
 * Returns the thread, which starts with the first body and does not keep the process alive. Bytes are copied into memory
 * that both threads share, because messages with bytes leave garbage of the same size.
 */
export const createHashThread = (): HashThread => {
  const memory = new SharedArrayBuffer(slots * slotSize)
  const free = Array.from({ length: slots }, (_, slot) => slot)
  const waiting: PromiseWithResolvers<void>[] = []
  const jobs = new Map<number, Job>()
  let last = 0
  let worker: Worker | undefined

  const fail = (error: unknown) => {
    worker = undefined
    for (const job of jobs.values()) job.fail(error)
    jobs.clear()
    for (const one of waiting.splice(0)) one.reject(error)
  }
  const start = (): Worker => {
    const started = new Worker(`(${program.toString()})()`, {
      eval: true,
      workerData: { memory, slotSize },
    })
    free.splice(0, slots, ...Array.from({ length: slots }, (_, slot) => slot))
    started.on('message', ([id, slot, found]: Reply) => {
      if (slot !== undefined) {
        free.push(slot)
        waiting.shift()?.resolve()
      }
      if (found === undefined) return
      jobs.get(id)?.done(found)
      jobs.delete(id)
    })
    started.on('error', fail)
    started.on('exit', () => fail(new Error('the thread that hashes bodies has ended')))
    started.unref()
    return started
  }
  /** Hands over a part of a body, when there is room for it. */
  const handOver = async (thread: Worker, id: number, pieces: readonly Buffer[]) => {
    while (free.length === 0) {
      const room = Promise.withResolvers<void>()
      waiting.push(room)
      await room.promise
    }
    const slot = free.pop() as number
    const target = new Uint8Array(memory, slot * slotSize, slotSize)
    let length = 0
    for (const piece of pieces) {
      target.set(piece, length)
      length += piece.length
    }
    thread.postMessage([id, 'hash', slot, length])
  }
  return {
    get bodies() {
      return jobs.size
    },
    open(names) {
      worker ??= start()
      const thread = worker
      const id = ++last
      const result = Promise.withResolvers<ReadonlyMap<HashName, Buffer>>()
      // The call that asks for the result gets the failure.
      result.promise.catch(() => {})
      jobs.set(id, {
        fail: result.reject,
        done: (found) =>
          result.resolve(
            new Map(
              Object.entries(found).map(([name, bytes]) => [name as HashName, Buffer.from(bytes)]),
            ),
          ),
      })
      thread.postMessage([id, 'open', names])
      return collect({
        handOver: (pieces) => handOver(thread, id, pieces),
        end() {
          thread.postMessage([id, 'end'])
          return result.promise
        },
        drop() {
          jobs.delete(id)
          thread.postMessage([id, 'drop'])
        },
      })
    },
  }
}

// ---

/** Number of the body, a slot that is free again, the hashes at the end. */
type Reply = readonly [
  id: number,
  slot: number | undefined,
  found: Readonly<Record<string, Uint8Array>> | undefined,
]

interface Job {
  done(found: Readonly<Record<string, Uint8Array>>): void
  fail(error: unknown): void
}

/** Collects the pieces of a body until they fill a slot. */
const collect = (body: {
  handOver(pieces: readonly Buffer[]): Promise<void>
  end(): Promise<ReadonlyMap<HashName, Buffer>>
  drop(): void
}): Digests => {
  let held: Buffer[] = []
  let size = 0
  const flush = async () => {
    const pieces = held
    held = []
    size = 0
    if (pieces.length > 0) await body.handOver(pieces)
  }
  const add = async (bytes: Buffer) => {
    for (let at = 0; at < bytes.length; ) {
      const piece = bytes.subarray(at, at + slotSize - size)
      held.push(piece)
      size += piece.length
      at += piece.length
      if (size === slotSize) await flush()
    }
  }
  return {
    update(bytes) {
      if (size + bytes.length >= slotSize) return add(bytes)
      held.push(bytes)
      size += bytes.length
      return undefined
    },
    async digest() {
      await flush()
      return body.end()
    },
    drop: body.drop,
  }
}

/** Runs in the thread, from its text alone: it must not refer to anything outside of it. */
const program = () => {
  const { createHash } = process.getBuiltinModule('node:crypto')
  const { parentPort, workerData } = process.getBuiltinModule('node:worker_threads')
  const { memory, slotSize } = workerData as { memory: SharedArrayBuffer; slotSize: number }
  const open = new Map<number, Map<string, import('node:crypto').Hash>>()
  parentPort?.on('message', (message: [number, string, unknown, number]) => {
    const [id, what, given, length] = message
    const hashes = open.get(id)
    if (what === 'open')
      open.set(id, new Map((given as string[]).map((name) => [name, createHash(name)])))
    else if (what === 'hash') {
      const bytes = new Uint8Array(memory, (given as number) * slotSize, length)
      for (const hash of hashes?.values() ?? []) hash.update(bytes)
      parentPort.postMessage([id, given, undefined])
    } else {
      open.delete(id)
      if (what !== 'end') return
      const found = [...(hashes ?? [])].map(([name, hash]) => [name, hash.digest()])
      parentPort.postMessage([id, undefined, Object.fromEntries(found)])
    }
  })
}
