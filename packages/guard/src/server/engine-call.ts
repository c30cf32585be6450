import { type ClientRequest, type IncomingMessage, request } from 'node:http'
import type { Socket } from 'node:net'
import type { EngineRequest } from '../http/engine-request.ts'
import { writeTarget } from '../http/write-request.ts'
import { writeJson } from '../json/json.ts'

/** How the engine answers: with a body, or by a raw stream after status 101. */
export type EngineReply =
  | { readonly message: IncomingMessage }
  | { readonly message: IncomingMessage; readonly stream: Socket; readonly first: Buffer }

/** A request under way on a connection of its own, which ends with it. */
export interface EngineCall {
  /** To write the archive of a `tar` body; ended already for all others. */
  readonly request: ClientRequest
  /** Rejects if the engine cannot be reached or closes the connection. */
  readonly reply: Promise<EngineReply>
}

/**
 * Sends a request to the engine. Only the engine can open a raw stream: what follows an upgrade that it refuses is never
 * sent.
 */
export const callEngine = (socketPath: string, asked: EngineRequest): EngineCall => {
  const json = asked.body.kind === 'json' ? writeJson(asked.body.value) : undefined
  const call = request({
    socketPath,
    agent: false,
    method: asked.method,
    path: writeTarget(asked),
    headers: {
      Host: 'docker',
      'User-Agent': 'mesocosm-guard',
      Connection: asked.upgrade ? 'Upgrade' : 'close',
      ...(asked.upgrade ? { Upgrade: 'tcp' } : {}),
      ...contentOf(asked, json),
    },
  })
  const { promise, resolve, reject } = Promise.withResolvers<EngineReply>()
  call.once('response', (message) => resolve({ message }))
  call.once('upgrade', (message, stream, first) =>
    resolve({ message, stream: stream as Socket, first }),
  )
  call.on('error', reject)
  // A caller that has failed before does not wait for it.
  promise.catch(() => undefined)
  if (asked.body.kind !== 'tar') call.end(json)
  return { request: call, reply: promise }
}

// ---

const contentOf = ({ body, method }: EngineRequest, json = ''): Record<string, string> => {
  if (body.kind === 'tar')
    return { 'Content-Type': 'application/x-tar', 'Transfer-Encoding': 'chunked' }
  if (body.kind === 'none') return method === 'POST' ? { 'Content-Length': '0' } : {}
  return { 'Content-Type': 'application/json', 'Content-Length': `${Buffer.byteLength(json)}` }
}
