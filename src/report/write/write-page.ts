import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { mkdir, readdir, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { chunkCallback } from '../format/chunk.ts'
import type { StoredChunk } from './chunk-folder.ts'
import { type DataPlace, place, policyOf } from './page-template.ts'

/** Folder of a page's data, next to the page, if it is too large for one file. */
export const dataFolder = 'report-data'

/** What a page is made of. */
export interface PageContent {
  readonly template: string
  /** Folder for drafts, on the same file system as the page. */
  readonly drafts: string
  readonly chunks: readonly StoredChunk[]
  /** Bytes of data from which on it goes into files next to the page. */
  readonly wholeBytes: number
}

/** Writes a page and replaces the one that is there at once, so that readers never see a part of it. */
export const writePage = async (
  path: string,
  { template, drafts, chunks, wholeBytes }: PageContent,
): Promise<void> => {
  const folder = join(dirname(path), dataFolder)
  const isWhole = chunks.reduce((sum, { bytes }) => sum + bytes, 0) <= wholeBytes
  const files = isWhole ? new Map<StoredChunk, string>() : await writeFiles(folder, drafts, chunks)
  const draft = join(drafts, 'page')
  await pipeline(
    pageText(template, isWhole ? 'page' : 'folder', chunks, files),
    createWriteStream(draft, { mode: 0o600 }),
  )
  await rename(draft, path)
  // Files of the page that was replaced.
  if (isWhole) await rm(folder, { recursive: true, force: true })
  else await removeOthers(folder, new Set(files.values()))
}

// ---

async function* pageText(
  template: string,
  data: DataPlace,
  chunks: readonly StoredChunk[],
  files: ReadonlyMap<StoredChunk, string>,
): AsyncGenerator<string | Buffer> {
  const elements = async function* (wanted: (chunk: StoredChunk) => boolean) {
    for (const chunk of chunks.filter(wanted)) {
      const { name, part, path } = chunk
      const file = files.get(chunk)
      const src = file === undefined ? '' : ` data-src="${dataFolder}/${file}"`
      yield `<script type="text/plain" data-chunk="${name}" data-part="${part}"${src}>`
      if (file === undefined) yield* createReadStream(path)
      yield '</script>\n'
    }
  }
  const [head = '', middle = '', end = ''] = pieces(
    template.replace(place.policy, () => policyOf(template, data)),
  )
  yield head
  yield* elements(({ name }) => name === 'index')
  yield middle
  yield* elements(({ name }) => name !== 'index')
  yield end
}

const pieces = (template: string): string[] => {
  const [head = '', rest = ''] = template.split(place.index)
  return [head, ...rest.split(place.chunks)]
}

/** Writes all chunks but the index as scripts, and returns their names: named by content, old and new ones go together. */
const writeFiles = async (
  folder: string,
  drafts: string,
  chunks: readonly StoredChunk[],
): Promise<Map<StoredChunk, string>> => {
  const files = new Map<StoredChunk, string>()
  await mkdir(folder, { recursive: true, mode: 0o700 })
  for (const chunk of chunks) {
    if (chunk.name === 'index') continue
    const draft = join(drafts, 'script')
    const digest = createHash('sha256')
    await pipeline(
      async function* () {
        yield `${chunkCallback}(${JSON.stringify(chunk.name)},${JSON.stringify(chunk.part)},"`
        for await (const block of createReadStream(chunk.path)) {
          digest.update(block)
          yield block
        }
        yield '")\n'
      },
      createWriteStream(draft, { mode: 0o600 }),
    )
    const file = `${chunk.name}-${digest.digest('hex').slice(0, 16)}.js`
    await rename(draft, join(folder, file))
    files.set(chunk, file)
  }
  return files
}

const removeOthers = async (folder: string, kept: ReadonlySet<string>): Promise<void> => {
  for (const name of await readdir(folder))
    if (!kept.has(name)) await rm(join(folder, name), { force: true })
}
