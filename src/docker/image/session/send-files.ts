import { createReadStream } from 'node:fs'
import { readlink } from 'node:fs/promises'
import { byNumber, messageOf, textOf } from '../../../protobuf/message.ts'
import type { TarEntry } from '../../api/tar.ts'
import { type GrpcCall, type GrpcMethod, GrpcRefusal, grpcCode } from './serve-grpc.ts'

/** Files by the name under which BuildKit asks for them. */
export type SentFolders = Readonly<Record<string, readonly TarEntry[]>>

/**
 * Answers `FileSync/DiffCopy`: lists the entries of a folder, then sends those that BuildKit asks for, since it keeps
 * files of earlier builds.
 *
 * @see https://github.com/tonistiigi/fsutil/blob/master/types/wire.proto
 */
export const sendFiles =
  (folders: SentFolders): GrpcMethod =>
  async (call) => {
    const name = String(call.metadata['dir-name'] ?? '')
    const all = Object.hasOwn(folders, name) ? folders[name] : undefined
    if (all === undefined) throw new GrpcRefusal(grpcCode.notFound, `there is no folder ${name}`)
    const entries = inOrder(onlyNamed(all, call))
    // Listed while requests arrive: BuildKit asks for the first file before it has the last name.
    const listed = list(call, entries)
    try {
      await answerRequests(call, entries)
    } finally {
      await listed
    }
  }

// ---

const packet = { stat: 0, request: 1, data: 2, end: 3, error: 4 } as const

/** Bits of a mode as Go writes them. */
const modeBit = { folder: 2 ** 31, symlink: 2 ** 27 } as const

const list = async (call: GrpcCall, entries: readonly TarEntry[]): Promise<void> => {
  for (const entry of entries)
    await call.send(messageOf({ 1: packet.stat, 2: await statOf(entry) }))
  // The end of the list.
  await call.send(messageOf({ 1: packet.stat }))
}

/** Owner and times are zero, as in the tar of a build. */
const statOf = async ({ name, mode, content }: TarEntry): Promise<Uint8Array> => {
  if (content.kind === 'folder') return messageOf({ 1: name, 2: modeBit.folder + mode })
  if (content.kind === 'symlink')
    return messageOf({ 1: name, 2: modeBit.symlink + 0o777, 7: await readlink(content.path) })
  const size = content.kind === 'bytes' ? content.bytes.length : content.size
  return messageOf({ 1: name, 2: mode, 5: size })
}

const answerRequests = async (call: GrpcCall, entries: readonly TarEntry[]): Promise<void> => {
  for await (const message of call.messages) {
    const fields = byNumber(message)
    const type = fields.get(1)?.value ?? packet.stat
    if (type === packet.request) await sendContent(call, fields.get(3)?.value ?? 0, entries)
    if (type === packet.error)
      throw new GrpcRefusal(grpcCode.unknown, textOf(fields.get(4)) || 'BuildKit reports an error')
    if (type === packet.end) {
      await call.send(messageOf({ 1: packet.end }))
      return
    }
  }
}

/** An entry is asked for by its place in the list. */
const sendContent = async (
  call: GrpcCall,
  id: number,
  entries: readonly TarEntry[],
): Promise<void> => {
  const content = entries[id]?.content
  if (content?.kind === 'bytes') {
    for (let at = 0; at < content.bytes.length; at += chunkBytes)
      await send(call, id, content.bytes.subarray(at, at + chunkBytes))
  }
  // As long as it was when it was listed: a file that grows meanwhile is cut, one that shrinks is padded by neither side.
  if (content?.kind === 'file' && content.size > 0) {
    const options = { end: content.size - 1, highWaterMark: chunkBytes }
    for await (const chunk of createReadStream(content.path, options)) await send(call, id, chunk)
  }
  await call.send(messageOf({ 1: packet.data, 3: id }))
}

const send = (call: GrpcCall, id: number, data: Uint8Array): Promise<void> =>
  call.send(messageOf({ 1: packet.data, 3: id, 4: data }))

/** Below what one message may have. */
const chunkBytes = 64 * 1024

/**
 * Leaves out what BuildKit does not ask for by plain names, as it asks for the Dockerfile alone. Patterns may not narrow
 * it further: it takes only what its instructions need.
 */
const onlyNamed = (entries: readonly TarEntry[], { metadata }: GrpcCall): readonly TarEntry[] => {
  const patterns = listOf(metadata['include-patterns'])
  if (patterns.length === 0 || patterns.some((one) => /[*?[\]\\!]/.test(one))) return entries
  return entries.filter(({ name }) =>
    patterns.some(
      (one) => name === one || name.startsWith(`${one}/`) || one.startsWith(`${name}/`),
    ),
  )
}

const listOf = (value: string | readonly string[] | undefined): readonly string[] =>
  value === undefined ? [] : typeof value === 'string' ? value.split(/,\s*/) : value

/** BuildKit refuses a list in another order: by bytes, with a folder's entries right after it. */
const inOrder = (entries: readonly TarEntry[]): readonly TarEntry[] => {
  const keyed = entries.map((entry) => ({
    entry,
    // Below every other byte of a name.
    key: Buffer.from(entry.name.replaceAll('/', '\0')),
  }))
  return keyed.sort((a, b) => Buffer.compare(a.key, b.key)).map(({ entry }) => entry)
}
