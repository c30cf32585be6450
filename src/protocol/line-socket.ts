import type { Socket } from 'node:net'
import { StringDecoder } from 'node:string_decoder'
import type { Message } from './message.ts'

/** Maximum length of a message in characters; a longer one is not from mesocosm. */
const longestMessage = 64 * 1024 * 1024

/** Newline-delimited JSON over a socket, in both directions. */
export interface LineSocket {
  send(message: Message): void
  /** Whether the other side reads slower than this side sends; `drain` is called when it has caught up. */
  readonly congested: boolean
  /** Ends this side after what was sent. */
  close(): void
  /** Ends both sides at once. */
  drop(): void
}

/** Creates the message stream of a connected socket. */
export const createLineSocket = (
  socket: Socket,
  on: {
    readonly message: (message: Message) => void
    /** Called once when the connection has ended, for any reason. */
    readonly close: (error: Error | undefined) => void
    readonly drain?: () => void
  },
): LineSocket => {
  const decoder = new StringDecoder('utf8')
  // Pieces of an incomplete message; joined once, since a large message arrives in many pieces.
  let pieces: string[] = []
  let length = 0
  let failure: Error | undefined
  const receive = (line: string): boolean => {
    const message = parse(line)
    if (message instanceof Error) socket.destroy(message)
    else on.message(message)
    return !socket.destroyed
  }
  socket.on('data', (bytes) => {
    const [end = '', ...starts] = decoder.write(bytes).split('\n')
    pieces.push(end)
    length += end.length
    for (const start of starts) {
      if (!receive(pieces.join(''))) return
      pieces = [start]
      length = start.length
    }
    if (length > longestMessage) socket.destroy(new Error('message too long'))
  })
  socket.on('error', (error) => {
    failure = error
  })
  socket.on('drain', () => on.drain?.())
  socket.on('close', () => on.close(failure))
  return {
    send(message) {
      if (!socket.destroyed && socket.writable) socket.write(`${JSON.stringify(message)}\n`)
    },
    get congested() {
      return socket.writableNeedDrain
    },
    close: () => void socket.end(),
    drop: () => void socket.destroy(),
  }
}

const parse = (line: string): Message | Error => {
  try {
    const message: unknown = JSON.parse(line)
    if (typeof message === 'object' && message !== null) return message as Message
    return new Error('a message must be an object')
  } catch (error) {
    return error as Error
  }
}
