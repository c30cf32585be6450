import { once } from 'node:events'
import { createReadStream } from 'node:fs'
import { readFile, readlink } from 'node:fs/promises'
import { PassThrough, type Readable, type Writable } from 'node:stream'
import { type Header, type Pack, pack } from 'tar-stream'

/** One entry of a tar. All times are zero, so that equal content makes equal bytes. */
export interface TarEntry {
  /** Path in the tar, relative, with `/`. */
  readonly name: string
  readonly mode: number
  readonly content:
    | { readonly kind: 'bytes'; readonly bytes: Buffer }
    | { readonly kind: 'file'; readonly path: string; readonly size: number }
    | { readonly kind: 'symlink'; readonly path: string }
    | { readonly kind: 'folder' }
}

/** Returns a tar of the entries, written as it is read; the stream fails when a host file cannot be read. */
export const tarOf = (entries: Iterable<TarEntry> | AsyncIterable<TarEntry>): Readable => {
  const tar = pack()
  const out = new PassThrough()
  tar.pipe(out)
  // Destroyed by its reader, `out` destroys the tar with an error that the reader knows.
  tar.on('error', (error) => out.destroy(error))
  writeAll(tar, entries).catch((error: unknown) => out.destroy(error as Error))
  return out
}

// ---

const writeAll = async (
  tar: Pack,
  entries: Iterable<TarEntry> | AsyncIterable<TarEntry>,
): Promise<void> => {
  for await (const entry of entries) await write(tar, entry)
  tar.finalize()
}

const write = async (tar: Pack, { name, mode, content }: TarEntry): Promise<void> => {
  const header = { name, mode, mtime: new Date(0) }
  if (content.kind === 'bytes') {
    tar.entry(header, content.bytes)
  } else if (content.kind === 'folder') {
    tar.entry({ ...header, type: 'directory' }, '')
  } else if (content.kind === 'symlink') {
    tar.entry({ ...header, type: 'symlink', linkname: await readlink(content.path) }, '')
  } else if (content.size <= wholeBelow) {
    tar.entry(header, await readFile(content.path))
  } else {
    await streamFile(tar, header, content.path, content.size)
  }
}

const wholeBelow = 4 * 2 ** 20

const streamFile = async (tar: Pack, header: Header, path: string, size: number): Promise<void> => {
  const open: { sink?: Writable } = {}
  const written = new Promise<void>((resolve, reject) => {
    open.sink = tar.entry({ ...header, size }, (error) => (error ? reject(error) : resolve()))
  })
  for await (const chunk of createReadStream(path, { end: size - 1 })) {
    if (open.sink?.write(chunk) === false) await once(open.sink, 'drain')
  }
  open.sink?.end()
  await written
}
