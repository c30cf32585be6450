/*
 * The pieces of data in a page. Each is an element `<script type="text/plain" data-chunk="<name>" data-part="<part>">`
 * with gzip in base64 as its text, or `data-src="<path>"` of a script that calls {@link chunkCallback} with it. Base64
 * keeps what services log from ending the element.
 */

/**
 * Names of chunks and their content:
 *
 * - `index`: a `ReportIndex` as JSON;
 * - `events`: files of the record, see `encodeFiles`; a long file goes on in the next part;
 * - `attributions`: a list of `Attribution` as JSON, whose positions are in the parts of logs;
 * - `logs`: rows, see `encodePart`, in the order of time; parts count from 0;
 * - `blob`: the content itself; its part is the digest.
 */
export type ChunkName = 'index' | 'events' | 'attributions' | 'logs' | 'blob'

/** Name of the global function that gets the text of a chunk which is a script of its own: `(name, part, text)`. */
export const chunkCallback = 'mesocosmChunk'

/** Returns the text of a chunk as bytes. */
export const openChunk = async (text: string): Promise<Uint8Array<ArrayBuffer>> => {
  const bytes = fromBase64(text.trim())
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'))
  return new Uint8Array(await new Response(stream).arrayBuffer())
}

// ---

/** Browsers from the middle of 2025 decode faster. */
interface NewUint8Array {
  readonly fromBase64?: (text: string) => Uint8Array<ArrayBuffer>
}

const fromBase64 = (text: string): Uint8Array<ArrayBuffer> => {
  const decode = (Uint8Array as NewUint8Array).fromBase64
  if (decode !== undefined) return decode.call(Uint8Array, text)
  const binary = atob(text)
  const bytes = new Uint8Array(binary.length)
  for (let at = 0; at < bytes.length; at++) bytes[at] = binary.charCodeAt(at)
  return bytes
}
