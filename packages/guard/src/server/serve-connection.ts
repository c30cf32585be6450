import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { pipeline } from 'node:stream/promises'
import { settle } from '../answers/settle.ts'
import { bodyLimit, type Decision, decide } from '../decide.ts'
import type { EngineRequest } from '../http/engine-request.ts'
import type { Refusal } from '../http/refusal.ts'
import type { RequestHead } from '../http/request-head.ts'
import type { Context } from '../rules/endpoint.ts'
import type { Session } from '../session/session.ts'
import { callEngine } from './engine-call.ts'
import { filterEvents } from './filter-events.ts'
import { joinStreams } from './join-streams.ts'
import { RequestReader } from './request-reader.ts'
import { sendArchive } from './send-archive.ts'
import {
  answerRefusal,
  chunkedField,
  chunks,
  framingOf,
  headOf,
  passedFields,
} from './write-answer.ts'

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
    socket.setTimeout(idleTimeoutMs, () => socket.destroy())
  }
}

// ---

const serve = async (socket: Socket, reader: RequestReader, serving: Serving): Promise<void> => {
  socket.setTimeout(idleTimeoutMs, () => socket.destroy())
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

/** A connection on which no request begins, or which stays open after its answer, is closed. */
const idleTimeoutMs = 120_000

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
  if (socket.destroyed) return
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
    socket.write(headOf(status, type, message.statusMessage, [chunkedField]))
    return pipeline(message, filterEvents(serving.session), chunks(), socket)
  }
  if (answer.kind === 'pass' || answer.kind === 'stream') {
    const framing = framingOf(reply.message, allow, answer)
    const fields = [...passedFields(message), ...framing]
    socket.write(headOf(status, type, message.statusMessage, fields))
    return framing.includes(chunkedField)
      ? pipeline(message, chunks(), socket)
      : pipeline(message, socket)
  }
  const got = { status, body: await readAnswer(message) }
  const settled = settle(answer, got, serving)
  const length = `Content-Length: ${Buffer.byteLength(settled.body)}`
  socket.end(headOf(settled.status, type, undefined, [length]) + settled.body)
}

/** Whether the engine has something of this name or id. */
const exists = async (engineSocket: string, request: EngineRequest): Promise<boolean> => {
  const { message } = await callEngine(engineSocket, request).reply
  message.resume()
  return message.statusCode !== 404
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
