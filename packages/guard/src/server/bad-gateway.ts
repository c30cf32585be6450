import type { Socket } from 'node:net'

/** Answers 502 if nothing was answered yet, and closes the connection. */
export const answerBadGateway = (socket: Socket, error: unknown): void => {
  if (socket.bytesWritten > 0 || !socket.writable) return void socket.destroy()
  const message = `the guard could not forward the request: ${error instanceof Error ? error.message : String(error)}`
  socket.end(
    `HTTP/1.1 502 Bad Gateway\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n${JSON.stringify({ message })}\n`,
  )
}
