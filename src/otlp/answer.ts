import type { IncomingMessage, ServerResponse } from 'node:http'
import { messageOf } from '../errors/unknown-error.ts'
import { messageOf as protobufOf } from '../protobuf/message.ts'
import * as json from './decode-json.ts'
import * as protobuf from './decode-protobuf.ts'
import type { Batch, RawLog, RawSpan } from './raw.ts'
import { type BodyLimits, Refusal, readBody } from './read-body.ts'

/** What was not taken of a request, and why. */
export interface Rejected {
  readonly count: number
  readonly reason: string
}

/** Takes what came in a body of so many bytes; returns what it did not take. */
export interface Intake {
  spans(batches: readonly Batch<RawSpan>[], bytes: number): Rejected
  logs(batches: readonly Batch<RawLog>[], bytes: number): Rejected
}

/**
 * Answers one request of OTLP/HTTP: spans, log records, and metrics, which are dropped. Never throws.
 *
 * @see https://opentelemetry.io/docs/specs/otlp/#otlphttp
 */
export const answer = async (
  request: IncomingMessage,
  response: ServerResponse,
  intake: Intake,
  limits: BodyLimits,
): Promise<void> => {
  const type = /^application\/json\b/i.test(request.headers['content-type'] ?? '')
    ? 'application/json'
    : 'application/x-protobuf'
  try {
    const take = routeOf(request, intake)
    const body = await readBody(request, limits)
    send(response, { status: 200, type, body: successOf(take(body, type), type) })
  } catch (error) {
    const status = error instanceof Refusal ? error.status : 500
    // What is left of the body would be read as the next request.
    response.shouldKeepAlive &&= request.complete
    send(response, { status, type, body: statusOf(messageOf(error), status, type) })
  }
}

// ---

type ContentType = 'application/json' | 'application/x-protobuf'

type Take = (body: Buffer, type: ContentType) => Rejected

const nothing: Rejected = { count: 0, reason: '' }

const routeOf = ({ method, url = '', headers }: IncomingMessage, intake: Intake): Take => {
  const path = url.split('?', 1)[0]
  const take = routes(intake).get(path ?? '')
  if (take === undefined)
    throw new Refusal(404, `${path} is none of /v1/traces, /v1/logs and /v1/metrics`)
  if (method !== 'POST') throw new Refusal(405, `the method must be POST, not ${method}`)
  if (!/^application\/(json|x-protobuf)\b/i.test(headers['content-type'] ?? ''))
    throw new Refusal(
      415,
      `the body is declared as ${headers['content-type'] ?? 'nothing'}, and only application/x-protobuf and application/json are read`,
    )
  return take
}

const routes = (intake: Intake): ReadonlyMap<string, Take> =>
  new Map<string, Take>([
    [
      '/v1/traces',
      (body, type) =>
        intake.spans(decoded(body, type, json.spansIn, protobuf.spansIn), body.length),
    ],
    [
      '/v1/logs',
      (body, type) => intake.logs(decoded(body, type, json.logsIn, protobuf.logsIn), body.length),
    ],
    ['/v1/metrics', () => nothing],
  ])

const decoded = <T>(
  body: Buffer,
  type: ContentType,
  ofJson: (request: unknown) => T,
  ofProtobuf: (message: Uint8Array) => T,
): T => {
  try {
    if (type === 'application/x-protobuf') return ofProtobuf(body)
    return ofJson(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body)))
  } catch (error) {
    throw new Refusal(400, `the body cannot be read: ${messageOf(error)}`)
  }
}

/** An empty response: everything was taken. */
const successOf = ({ count, reason }: Rejected, type: ContentType): string | Uint8Array => {
  if (type === 'application/x-protobuf')
    return count === 0 ? '' : protobufOf({ 1: protobufOf({ 1: count, 2: reason }) })
  // The name of the count differs by signal, and names that are not known must be ignored.
  return JSON.stringify(
    count === 0
      ? {}
      : {
          partialSuccess: {
            rejectedSpans: String(count),
            rejectedLogRecords: String(count),
            errorMessage: reason,
          },
        },
  )
}

/** A `google.rpc.Status`. */
const statusOf = (message: string, status: number, type: ContentType): string | Uint8Array => {
  const code = rpcCodes[status] ?? 13
  return type === 'application/json'
    ? JSON.stringify({ code, message })
    : protobufOf({ 1: code, 2: message })
}

/** `INVALID_ARGUMENT`, `NOT_FOUND`, `RESOURCE_EXHAUSTED`; else `INTERNAL`. */
const rpcCodes: Readonly<Record<number, number>> = { 400: 3, 404: 5, 405: 3, 413: 8, 415: 3 }

const send = (
  response: ServerResponse,
  {
    status,
    type,
    body,
  }: { readonly status: number; readonly type: string; readonly body: string | Uint8Array },
): void => {
  if (response.headersSent || response.destroyed) return
  const bytes = typeof body === 'string' ? Buffer.from(body) : body
  response.writeHead(status, {
    'Content-Type': type,
    'Content-Length': bytes.length,
    ...(status === 405 ? { Allow: 'POST' } : {}),
  })
  response.end(bytes)
}
