import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { pipeline } from 'node:stream/promises'
import { settle } from '../answers/settle.ts'
import { bodyLimit, type Decision, decide } from '../decide.ts'
import type { EngineRequest } from '../http/engine-request.ts'
import { type Refusal, refusalBody } from '../http/refusal.ts'
import type { RequestHead } from '../http/request-head.ts'
import type { Context } from '../rules/endpoint.ts'
import type { Session } from '../session/session.ts'
import { callEngine, type EngineReply } from './engine-call.ts'
import { filterEvents } from './filter-events.ts'
import { RequestReader } from './request-reader.ts'

/** What a connection is served with. */
export interface Serving extends Context {
  /** Changes as the client creates and removes. */
  readonly session: Session
  /** Unix socket of the engine. */
  readonly engineSocket: string
}

/**
 * Serves one request of a client, then closes the connection, so that nothing can follow a request.
 *
 * @throws if client or engine leave; the caller destroys the socket.
 */
export const serveConnection = async (socket: Socket, serving: Serving): Promise<void> => {
  const reader = new RequestReader(socket)
  try {
    await serve(socket, reader, serving)
  } finally {
    await reader.release()
    // Reads what the client still sends, so that it sees the answer and not a broken connection.
    socket.resume()
  }
}

/** Answers with a refusal and closes the connection. */
export const answerRefusal = (socket: Socket, refusal: Refusal): void => {
  const type = 'application/json'
  socket.end(`${headOf(refusal.status, type, refusal.message)}${refusalBody(refusal)}`)
}

// ---

const serve = async (socket: Socket, reader: RequestReader, serving: Serving): Promise<void> => {
  socket.setTimeout(headTimeoutMs, () => socket.destroy())
  const head = await reader.readHead()
  if (head === undefined) return void socket.end()
  socket.setTimeout(0)
  if ('refuse' in head) return answerRefusal(socket, head.refuse)
  const limit = bodyLimit(head)
  if ('refuse' in limit) return answerRefusal(socket, limit.refuse)
  // An archive is decided about before its body is read.
  const isArchive = 'stream' in limit
  if (!isArchive && head.expectsContinue) socket.write(goOn)
  const body = isArchive ? new Uint8Array() : await readAll(reader, head, limit.bytes)
  if ('refuse' in body) return answerRefusal(socket, body.refuse)
  const decision = decide(head, body, serving)
  if ('refuse' in decision) return answerRefusal(socket, decision.refuse)
  if (decision.absent !== undefined && (await exists(serving.engineSocket, decision.absent)))
    return answerRefusal(socket, inUse)
  if (isArchive && head.expectsContinue) socket.write(goOn)
  await forward(socket, reader, head, decision, serving)
}

/** A connection on which no request begins is closed. */
const headTimeoutMs = 120_000

const inUse: Refusal = { status: 409, message: 'the name is the start of an id; use another name' }

const goOn = 'HTTP/1.1 100 Continue\r\n\r\n'

/** Longest answer that is read as a whole, such as a list of containers. */
const maxAnswerBytes = 64 * 1024 * 1024

type Allowed = Extract<Decision, { allow: unknown }>

const readAll = async (reader: RequestReader, head: RequestHead, maxBytes: number) => {
  const parts: Uint8Array[] = []
  for await (const part of reader.readBody(head, maxBytes)) {
    if ('refuse' in part) return part
    parts.push(part)
  }
  return Buffer.concat(parts)
}

const forward = async (
  socket: Socket,
  reader: RequestReader,
  head: RequestHead,
  { allow, answer }: Allowed,
  serving: Serving,
): Promise<void> => {
  const call = callEngine(serving.engineSocket, allow)
  // The engine must not go on for a client that has left, such as with a log that it follows.
  socket.once('close', () => call.request.destroy())
  if (allow.body.kind === 'tar') {
    const sent = sendArchive(call.request, reader, head, allow.body.maxBytes)
    // The engine may answer before it has read everything, and then closes the connection.
    const answered = call.reply.then(
      () => undefined,
      () => sent,
    )
    const refused = await Promise.race([sent, answered])
    sent.catch(() => undefined)
    if (refused !== undefined) {
      call.request.destroy()
      return answerRefusal(socket, refused)
    }
  }
  const reply = await call.reply
  const { message } = reply
  if ('stream' in reply) return joinStreams(socket, reader, reply)
  const status = message.statusCode ?? 502
  const type = message.headers['content-type']
  if (answer.kind === 'filter' && answer.what === 'events' && status === 200) {
    socket.write(headOf(status, type))
    return pipeline(message, filterEvents(serving.session), socket)
  }
  if (answer.kind === 'pass' || answer.kind === 'stream') {
    socket.write(headOf(status, type, message.statusMessage, passedFields(message)))
    return pipeline(message, socket)
  }
  const got = { status, body: await readAnswer(message) }
  const settled = settle(answer, got, serving)
  socket.end(headOf(settled.status, type) + settled.body)
}

/** Whether the engine has something of this name or id. */
const exists = async (engineSocket: string, request: EngineRequest): Promise<boolean> => {
  const { message } = await callEngine(engineSocket, request).reply
  message.resume()
  return message.statusCode !== 404
}

const sendArchive = async (
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

const joinStreams = async (
  socket: Socket,
  reader: RequestReader,
  { message, stream, first }: Extract<EngineReply, { stream: unknown }>,
): Promise<void> => {
  const type = message.headers['content-type'] ?? 'application/vnd.docker.raw-stream'
  socket.write(
    `HTTP/1.1 101 UPGRADED\r\nContent-Type: ${type}\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n`,
  )
  const rest = await reader.release()
  if (first.length > 0) socket.write(first)
  if (rest.length > 0) stream.write(rest)
  // Either side may end first: the end of stdin does not end the output.
  await Promise.all([pipeline(socket, stream), pipeline(stream, socket)])
}

const readAnswer = async (message: IncomingMessage): Promise<string> => {
  const parts: Buffer[] = []
  let length = 0
  for await (const part of message) {
    parts.push(part)
    length += part.length
    if (length > maxAnswerBytes) throw new Error('the answer of the engine is too long')
  }
  return Buffer.concat(parts).toString()
}

/** Fields of the engine that clients need: its versions, and facts about a path in a container. */
const passedFields = ({ headers }: IncomingMessage): readonly string[] =>
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

/** The end of the connection is the end of the body. */
const headOf = (
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
