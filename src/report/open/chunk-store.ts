import { type ChunkName, chunkCallback, openChunk } from '../format/chunk.ts'
import type { ReportDocument, ReportElement } from './report-document.ts'

/** The chunks of a page. Their texts are removed from it, so each is read once. */
export interface ChunkStore {
  /** Reads all parts of a chunk as they are opened, and returns what was read in the order of the parts. */
  all<T>(name: ChunkName, read: (bytes: Uint8Array<ArrayBuffer>) => T): Promise<T[]>
  /** Returns the content of one part; `undefined` if there is none. */
  one(name: ChunkName, part: string): Promise<Uint8Array<ArrayBuffer> | undefined>
  /** Returns a chunk that is before the page's script, as soon as possible; `undefined` if there is none. */
  first(name: ChunkName): Promise<Uint8Array<ArrayBuffer> | undefined>
}

/** Opens the chunks of a page, which may still be loading: a chunk is complete when something follows it. */
export const openChunks = (document: ReportDocument): ChunkStore => {
  const loaded = whenLoaded(document)
  const waiting = new Map<string, (text: string) => void>()
  Object.assign(globalThis, {
    [chunkCallback]: (name: string, part: string, text: string) =>
      waiting.get(`${name} ${part}`)?.(text),
  })
  const textOf = async (element: ReportElement): Promise<string> => {
    const src = element.getAttribute('data-src')
    if (src === null) {
      const text = element.textContent ?? ''
      element.remove()
      return text
    }
    const key = `${element.getAttribute('data-chunk')} ${element.getAttribute('data-part')}`
    const script = document.createElement('script')
    const { promise, resolve, reject } = Promise.withResolvers<string>()
    waiting.set(key, resolve)
    script.addEventListener('error', () =>
      reject(new Error(`${src} is missing next to the report`)),
    )
    script.src = src
    document.head.append(script as never)
    try {
      return await promise
    } finally {
      waiting.delete(key)
      script.remove()
    }
  }
  const find = (name: ChunkName, part?: string): ReportElement[] => {
    const ofPart = part === undefined ? '' : `[data-part="${part}"]`
    return [
      ...document.querySelectorAll(`script[type="text/plain"][data-chunk="${name}"]${ofPart}`),
    ]
  }
  const open = async (element: ReportElement) => openChunk(await textOf(element))
  const openOnly = async ([element]: ReportElement[]) =>
    element === undefined ? undefined : open(element)
  return {
    async all(name, read) {
      await loaded
      return Promise.all(find(name).map(async (element) => read(await open(element))))
    },
    async one(name, part) {
      await loaded
      return openOnly(find(name, part))
    },
    async first(name) {
      return (await openOnly(find(name))) ?? (await loaded.then(() => openOnly(find(name))))
    },
  }
}

// ---

const whenLoaded = (document: ReportDocument): Promise<void> =>
  document.readyState === 'loading'
    ? new Promise((resolve) => document.addEventListener('DOMContentLoaded', resolve))
    : Promise.resolve()
