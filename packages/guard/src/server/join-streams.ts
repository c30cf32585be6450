import type { Socket } from 'node:net'
import { pipeline } from 'node:stream/promises'
import type { EngineReply } from './engine-call.ts'
import type { RequestReader } from './request-reader.ts'

/** Answers 101 and carries bytes in both directions until both have ended. The engine has answered 101 before. */
export const joinStreams = async (
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
