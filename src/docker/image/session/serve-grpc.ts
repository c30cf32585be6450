import { once } from 'node:events'
import {
  type IncomingHttpHeaders,
  performServerHandshake,
  type ServerHttp2Stream,
} from 'node:http2'
import type { Duplex } from 'node:stream'
import { messageOf } from '../../../errors/unknown-error.ts'

/** A call of the other side. */
export interface GrpcCall {
  readonly metadata: IncomingHttpHeaders
  /** Its messages; ends when the other side has sent its last one. */
  readonly messages: AsyncIterable<Buffer>
  /** Resolves when the message may be followed by another. */
  send(message: Uint8Array): Promise<void>
  /** Aborted when the call has ended, whichever side ended it. */
  readonly over: AbortSignal
}

/** Answers a call; it ends when this resolves. A {@link GrpcRefusal} is sent with its code. */
export type GrpcMethod = (call: GrpcCall) => Promise<void>

/** Why a call is refused, with the code of gRPC by which the other side decides what to do. */
export class GrpcRefusal extends Error {
  override readonly name = 'GrpcRefusal'
  readonly code: number

  constructor(code: number, message: string) {
    super(message)
    this.code = code
  }
}

/** Codes of gRPC. */
export const grpcCode = { unknown: 2, notFound: 5, unimplemented: 12, unavailable: 14 } as const

/** Answers gRPC calls over a connection that the other side uses for them. */
export const serveGrpc = (
  socket: Duplex,
  methods: Readonly<Record<string, GrpcMethod>>,
): Disposable => {
  const session = performServerHandshake(socket)
  // The build reports what its calls met; a connection that breaks ends it.
  session.on('error', () => {})
  session.on('stream', (stream, headers) => {
    const method = Object.hasOwn(methods, headers[':path'] ?? '')
      ? methods[headers[':path'] as string]
      : undefined
    void answer(stream, headers, method)
  })
  return {
    [Symbol.dispose]: () => {
      session.destroy()
      socket.destroy()
    },
  }
}

/** Returns the only message of a call. */
export const onlyMessage = async ({ messages }: GrpcCall): Promise<Buffer> => {
  for await (const message of messages) return message
  throw new GrpcRefusal(grpcCode.unknown, 'the call has no message')
}

// ---

const answer = async (
  stream: ServerHttp2Stream,
  metadata: IncomingHttpHeaders,
  method: GrpcMethod | undefined,
): Promise<void> => {
  const over = new AbortController()
  stream.on('error', () => {})
  stream.once('close', () => over.abort())
  const status = { code: 0, text: '' }
  stream.once('wantTrailers', () => {
    if (stream.destroyed) return
    stream.sendTrailers({
      'grpc-status': String(status.code),
      ...(status.text === '' ? {} : { 'grpc-message': encodeURIComponent(status.text) }),
    })
  })
  if (!stream.destroyed)
    stream.respond(
      { ':status': 200, 'content-type': 'application/grpc' },
      { waitForTrailers: true },
    )
  try {
    if (method === undefined)
      throw new GrpcRefusal(grpcCode.unimplemented, `there is no ${metadata[':path']}`)
    await method({
      metadata,
      messages: messagesOf(stream),
      send: (message) => sendMessage(stream, message, over.signal),
      over: over.signal,
    })
  } catch (error) {
    status.code = error instanceof GrpcRefusal ? error.code : grpcCode.unknown
    status.text = messageOf(error)
  }
  // What was not read would keep the stream open.
  stream.resume()
  stream.end()
}

/** A message is its length after a byte that says whether it is compressed, which none is: the answer names no way. */
const headBytes = 5

const sendMessage = async (
  stream: ServerHttp2Stream,
  message: Uint8Array,
  over: AbortSignal,
): Promise<void> => {
  over.throwIfAborted()
  const head = Buffer.alloc(headBytes)
  head.writeUInt32BE(message.length, 1)
  if (!stream.write(Buffer.concat([head, message]))) await once(stream, 'drain', { signal: over })
}

async function* messagesOf(stream: ServerHttp2Stream): AsyncGenerator<Buffer> {
  let rest: Buffer = Buffer.alloc(0)
  // A stream that was read to the end of the first message still has its answer to give.
  for await (const chunk of stream.iterator({ destroyOnReturn: false })) {
    rest = rest.length === 0 ? (chunk as Buffer) : Buffer.concat([rest, chunk as Buffer])
    while (rest.length >= headBytes) {
      const end = headBytes + rest.readUInt32BE(1)
      if (rest.length < end) break
      yield rest.subarray(headBytes, end)
      rest = rest.subarray(end)
    }
  }
}
