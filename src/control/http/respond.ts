import type { ServerResponse } from 'node:http'
import { settledWithin } from '../../call/pause.ts'
import { errorJson, type MesocosmError } from '../../errors/mesocosm-error.ts'
import type { Redactor } from '../../trace/write/redact.ts'
import { RequestError, statusOf } from './errors.ts'

/** What a route answers with: a value, nothing, or lines as they come. */
export type Reply =
  | {
      readonly status: number
      readonly json?: unknown
      readonly headers?: Readonly<Record<string, string>>
    }
  | { readonly status: 200; readonly lines: AsyncIterable<unknown> }

const shared = {
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
} as const

/** Sends a reply. Lines are read only as fast as the client does; one that stops reading is disconnected. */
export const send = async (
  response: ServerResponse,
  reply: Reply,
  { unreadMs }: { readonly unreadMs: number },
): Promise<void> => {
  // The client has gone, or what it sent was answered as malformed.
  if (response.destroyed || response.socket?.writable === false) return
  if ('lines' in reply) return sendLines(response, reply.lines, unreadMs)
  const { status, json, headers = {} } = reply
  if (json === undefined) {
    response.writeHead(status, { ...shared, ...headers })
    response.end()
    return
  }
  const body = Buffer.from(`${JSON.stringify(json)}\n`)
  response.writeHead(status, {
    ...shared,
    'content-type': 'application/json; charset=utf-8',
    'content-length': body.length,
    ...headers,
  })
  response.end(body)
}

/** Returns the answer to a request that failed, without secrets. */
export const failure = (error: MesocosmError, redactor: Redactor): Reply => {
  const { name: _, cause: __, code, ...rest } = errorJson(error)
  return {
    status: statusOf(error),
    json: { code, ...redactor.value({ remedy: null, details: [], lastLogs: [], ...rest }) },
    ...(error instanceof RequestError ? { headers: error.headers } : {}),
  }
}

// ---

const sendLines = async (
  response: ServerResponse,
  lines: AsyncIterable<unknown>,
  unreadMs: number,
): Promise<void> => {
  response.writeHead(200, { ...shared, 'content-type': 'application/x-ndjson; charset=utf-8' })
  response.flushHeaders()
  for await (const line of lines) {
    if (response.destroyed) return
    if (response.write(`${JSON.stringify(line)}\n`)) continue
    const drained = Promise.withResolvers<void>()
    response.once('drain', drained.resolve)
    response.once('close', drained.resolve)
    const inTime = await settledWithin(drained.promise, unreadMs)
    response.off('drain', drained.resolve)
    response.off('close', drained.resolve)
    if (!inTime) return void response.destroy()
  }
  response.end()
}
