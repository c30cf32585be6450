import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { Transform } from 'node:stream'
import type { EngineRequest } from '../http/engine-request.ts'
import { type Refusal, refusalBody } from '../http/refusal.ts'
import { writeChunk } from '../http/write-request.ts'
import type { Answer } from '../rules/endpoint.ts'

/** Answers with a refusal and closes the connection. */
export const answerRefusal = (socket: Socket, refusal: Refusal): void => {
  const body = refusalBody(refusal)
  const fields = [`Content-Length: ${Buffer.byteLength(body)}`]
  socket.end(headOf(refusal.status, 'application/json', refusal.message, fields) + body)
}

/** Field of an answer whose body passes {@link chunks}. */
export const chunkedField = 'Transfer-Encoding: chunked'

/** Clients must see whether an answer is complete. A raw stream has no length: its end is that of the connection. */
export const framingOf = (
  { headers, statusCode = 0 }: IncomingMessage,
  { method }: EngineRequest,
  answer: Answer,
): readonly string[] => {
  const length = headers['content-length']
  if (length !== undefined) return [`Content-Length: ${length}`]
  const isEmpty = method === 'HEAD' || statusCode === 204 || statusCode === 304
  return isEmpty || answer.kind === 'stream' ? [] : [chunkedField]
}

/** Writes a body in chunks. */
export const chunks = (): Transform =>
  new Transform({
    transform(part: Uint8Array, _encoding, done) {
      // An empty chunk would end the body.
      done(null, part.length === 0 ? undefined : writeChunk(part))
    },
    flush(done) {
      done(null, writeChunk(new Uint8Array()))
    },
  })

/** Fields of the engine that clients need: its versions, and facts about a path in a container. */
export const passedFields = ({ headers }: IncomingMessage): readonly string[] =>
  [
    'api-version',
    'docker-experimental',
    'ostype',
    'server',
    'x-docker-container-path-stat',
  ].flatMap((name) => {
    const value = headers[name]
    return typeof value === 'string' ? [`${name}: ${value}`] : []
  })

/** Writes the head of an answer; the connection ends after its body. */
export const headOf = (
  status: number,
  type: string | undefined,
  reason = '',
  fields: readonly string[] = [],
): string =>
  [
    `HTTP/1.1 ${status} ${reason.replaceAll(/[^ -~]/g, '').slice(0, 80)}`,
    ...(type === undefined ? [] : [`Content-Type: ${type}`]),
    ...fields,
    'Connection: close',
    '',
    '',
  ].join('\r\n')
