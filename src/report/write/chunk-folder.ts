import { statSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { namesIn } from '../../disk/names-in.ts'
import type { ChunkName } from '../format/chunk.ts'

/** A chunk on disk. */
export interface StoredChunk {
  readonly name: ChunkName
  readonly part: string
  /** File with its text. */
  readonly path: string
  /** Size of the text. */
  readonly bytes: number
}

/** Compresses chunks at the same time, and keeps their texts in a temporary folder until the page is written. */
export class ChunkFolder implements AsyncDisposable {
  /** The temporary folder, also for drafts. */
  readonly folder: string
  readonly #chunks: (StoredChunk | undefined)[] = []
  readonly #pending = new Set<Promise<void>>()

  private constructor(folder: string) {
    this.folder = folder
  }

  /** Creates the temporary folder in an existing folder. */
  static async in(folder: string): Promise<ChunkFolder> {
    await removeOld(folder)
    return new ChunkFolder(await mkdtemp(join(folder, prefix)))
  }

  /** Adds a chunk. Resolves when the next one can be added; chunks stay in the order in which they were added. */
  async add(name: ChunkName, part: string, content: Uint8Array): Promise<void> {
    const place = this.#chunks.push(undefined) - 1
    const work = this.#store(place, name, part, content).finally(() => this.#pending.delete(work))
    this.#pending.add(work)
    // Their memory is what limits how many are compressed at once.
    if (this.#pending.size >= atOnce) await Promise.race(this.#pending)
  }

  /** Returns all chunks when they are stored. */
  async all(): Promise<StoredChunk[]> {
    await Promise.all(this.#pending)
    return this.#chunks.filter((chunk) => chunk !== undefined)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.allSettled(this.#pending)
    await rm(this.folder, { recursive: true, force: true })
  }

  async #store(place: number, name: ChunkName, part: string, content: Uint8Array) {
    const text = (await compress(content)).toString('base64')
    const path = join(this.folder, String(place))
    await writeFile(path, text, { mode: 0o600 })
    this.#chunks[place] = { name, part, path, bytes: text.length }
  }
}

// ---

const prefix = '.report-'

/** A writer that takes longer was killed. */
const oldMs = 600_000

const removeOld = async (folder: string): Promise<void> => {
  for (const name of namesIn(folder)) {
    if (!name.startsWith(prefix)) continue
    const path = join(folder, name)
    const changed = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0
    if (Date.now() - changed > oldMs) await rm(path, { recursive: true, force: true })
  }
}

const atOnce = 3

const compress = promisify(gzip)
