import { type IncomingMessage, request as plain } from 'node:http'
import { request as secure } from 'node:https'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import { MesocosmError } from '../../src/errors/mesocosm-error.ts'
import { connection, type Endpoint } from './endpoint.ts'

export interface EngineCall {
  readonly method?: 'GET' | 'POST' | 'DELETE'
  /** Path without the API version: the engine then uses its own. */
  readonly path: string
  readonly query?: Readonly<Record<string, string | readonly string[]>>
  /** A tar stream. */
  readonly body?: Readable
  readonly signal?: AbortSignal
}

/** Makes an engine call and returns the body of its response. */
export const engineText = async (endpoint: Endpoint, call: EngineCall): Promise<string> =>
  text(await engineStream(endpoint, call))

/**
 * Makes an engine call and returns its response while it arrives.
 *
 * @throws {MesocosmError} `ENGINE_FAILED` with the engine's own words.
 */
export const engineStream = async (
  endpoint: Endpoint,
  call: EngineCall,
): Promise<IncomingMessage> => {
  const via = connection(endpoint)
  if (via === undefined)
    throw engineFailed(call, `${endpoint.url} is not a socket, pipe or TCP address`)
  const { tls, ...options } = via
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(call.query ?? {}))
    for (const one of [value].flat()) query.append(name, one)
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const request = (tls ? secure : plain)({
      ...options,
      method: call.method ?? 'GET',
      path: query.size === 0 ? call.path : `${call.path}?${query}`,
      headers: call.body === undefined ? {} : { 'content-type': 'application/x-tar' },
      agent: false,
      ...(call.signal === undefined ? {} : { signal: call.signal }),
    })
    request.once('response', resolve).once('error', reject)
    if (call.body === undefined) request.end()
    else pipeline(call.body, request).catch(reject)
  })
  const status = response.statusCode ?? 0
  if (status >= 200 && status < 300) return response
  const body = await text(response)
  throw engineFailed(call, messageIn(body) ?? `status ${status}: ${body.trim()}`)
}

/**
 * Makes an engine call that reports progress, one JSON object per line. An `error` line fails the call.
 *
 * @throws {MesocosmError} `ENGINE_FAILED` with the engine's own words.
 */
export const engineProgress = async (
  endpoint: Endpoint,
  call: EngineCall,
  onLine: (line: ProgressLine) => void,
): Promise<void> => {
  const response = await engineStream(endpoint, call)
  for await (const row of createInterface({
    input: response,
    crlfDelay: Number.POSITIVE_INFINITY,
  })) {
    if (row.trim() === '') continue
    const line = JSON.parse(row) as ProgressLine
    if (line.error !== undefined) throw engineFailed(call, line.error)
    onLine(line)
  }
}

export interface ProgressLine {
  readonly status?: string
  readonly stream?: string
  readonly error?: string
}

// ---

const engineFailed = (call: EngineCall, why: string): MesocosmError =>
  new MesocosmError({
    code: 'ENGINE_FAILED',
    message: `the engine refused ${call.method ?? 'GET'} ${call.path}: ${why.trim()}`,
  })

const messageIn = (body: string): string | undefined => {
  try {
    return (JSON.parse(body) as { message?: string }).message
  } catch {
    // Not JSON, for example from a proxy; the caller shows the body.
    return undefined
  }
}
