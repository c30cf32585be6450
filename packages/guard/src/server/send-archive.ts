import { pipeline } from 'node:stream/promises'
import type { Refusal } from '../http/refusal.ts'
import type { RequestHead } from '../http/request-head.ts'
import type { RequestReader } from './request-reader.ts'

/**
 * Sends the body of a client as that of a request to the engine, as it arrives.
 *
 * @returns why the body is refused; the request has been destroyed then.
 */
export const sendArchive = async (
  request: NodeJS.WritableStream,
  reader: RequestReader,
  head: RequestHead,
  maxBytes: number,
): Promise<Refusal | undefined> => {
  let refused: Refusal | undefined
  const parts = async function* () {
    for await (const part of reader.readBody(head, maxBytes)) {
      if ('refuse' in part) {
        refused = part.refuse
        // Ends the request in the middle of a chunk, so that the engine does not take it for complete.
        throw new Error(refused.message)
      }
      yield part
    }
  }
  try {
    await pipeline(parts, request)
  } catch (error) {
    if (refused === undefined) throw error
  }
  return refused
}
