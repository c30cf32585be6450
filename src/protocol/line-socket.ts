import type { Socket } from 'node:net'
import { StringDecoder } from 'node:string_decoder'
import type { Message } from './message.ts'

/** A message larger than this is not one of ours. */
const longestMessage = 64 * 1024 * 1024

/** Newline-delimited JSON over a socket, in both directions. */
export interface LineSocket {
  send(message: Message): void
  close(): void
}

export const createLineSocket = (
  socket: Socket,
  on: {
    readonly message: (message: Message) => void
    /** Once, when the connection has ended for whatever reason. */
    readonly close: (error: Error | undefined) => void
  },
): LineSocket => {
  const decoder = new StringDecoder('utf8')
  let rest = ''
  let failure: Error | undefined
  socket.on('data', (bytes) => {
    const lines = (rest + decoder.write(bytes)).split('\n')
    rest = lines.pop() as string
    if (rest.length > longestMessage) {
      socket.destroy(new Error('message too long'))
      return
    }
    for (const line of lines) {
      let message: Message
      try {
        message = JSON.parse(line) as Message
      } catch (error) {
        socket.destroy(error as Error)
        return
      }
      on.message(message)
    }
  })
  socket.on('error', (error) => {
    failure = error
  })
  socket.on('close', () => on.close(failure))
  return {
    send(message) {
      if (!socket.destroyed && socket.writable) socket.write(`${JSON.stringify(message)}\n`)
    },
    close: () => void socket.end(),
  }
}
