import { createServer, type Server, type Socket } from 'node:net'
import { MesocosmError } from '../../errors/mesocosm-error.ts'

/** A listener on a loopback port of this machine. */
export interface LoopbackListener {
  readonly port: number
  /** Frees the port; connections stay. */
  close(): void
}

/**
 * Listens on a loopback port of this machine.
 *
 * @param ports tried in order; when all are taken, the system picks one.
 */
export const listenOnLoopback = async (
  ports: readonly number[],
  onConnection: (socket: Socket) => void,
): Promise<LoopbackListener> => {
  for (const port of ports) {
    try {
      return await listenAt(port, onConnection)
    } catch (error) {
      if (!isTaken(error)) throw error
    }
  }
  return await listenAt(0, onConnection)
}

/**
 * The same for one port.
 *
 * @throws {MesocosmError} `PORT_TAKEN`
 */
export const listenOnPort = async (
  port: number,
  onConnection: (socket: Socket) => void,
): Promise<LoopbackListener> => {
  try {
    return await listenAt(port, onConnection)
  } catch (error) {
    if (!isTaken(error)) throw error
    throw new MesocosmError({
      code: 'PORT_TAKEN',
      message: `port ${port} of this machine is in use`,
      remedy: 'choose another port, or none',
      facts: { port },
      cause: error,
    })
  }
}

// ---

const host = '127.0.0.1'

const listenAt = async (
  port: number,
  onConnection: (socket: Socket) => void,
): Promise<LoopbackListener> => {
  const server = createServer({ allowHalfOpen: true, noDelay: true }, onConnection)
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen({ port, host, exclusive: true }, () => {
      server.off('error', reject)
      resolve()
    })
  })
  return { port: portOf(server), close: () => void server.close() }
}

const portOf = (server: Server): number => {
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

/** Also a port that needs privileges. */
const isTaken = (error: unknown): boolean =>
  ['EADDRINUSE', 'EACCES'].includes((error as NodeJS.ErrnoException).code ?? '')
