import { createHash } from 'node:crypto'
import { rmSync } from 'node:fs'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { join } from 'node:path'

/** Runs work with the same key one after the other in all processes of a user that share a folder. */
export type MachineTurn = <T>(
  key: string,
  signal: AbortSignal,
  work: () => Promise<T>,
) => Promise<T>

/**
 * Creates the turns of a machine: checkouts of one project that start at the same time then build an image once. A turn
 * is a socket that listens, so the death of its process ends it.
 *
 * @param folder where the sockets are, of this user alone; `undefined` for no turns.
 */
export const createMachineTurns = (folder: string | undefined): MachineTurn => {
  if (folder === undefined) return (_key, _signal, work) => work()
  return async (key, signal, work) => {
    const name = `turn-${createHash('sha256').update(key).digest('hex').slice(0, 16)}`
    const path = process.platform === 'win32' ? `\\\\.\\pipe\\mesocosm-${name}` : join(folder, name)
    const turn = await take(path, signal)
    try {
      return await work()
    } finally {
      await turn?.end()
    }
  }
}

// ---

interface Turn {
  end(): Promise<void>
}

/** Returns `undefined` where no socket can listen: then others are not waited for, which only costs time. */
const take = async (path: string, signal: AbortSignal): Promise<Turn | undefined> => {
  for (;;) {
    signal.throwIfAborted()
    const server = await listenAt(path)
    if (server !== 'taken') return server
    // Left by a process that was killed; two that find it at once may both take the turn.
    if ((await closeOf(path, signal)) === 'stale') rmSync(path, { force: true })
  }
}

const listenAt = (path: string): Promise<Turn | 'taken' | undefined> =>
  new Promise((resolve) => {
    const waiting = new Set<Socket>()
    const server: Server = createServer((socket) => {
      waiting.add(socket)
      socket.on('error', () => undefined)
      socket.on('close', () => waiting.delete(socket))
      socket.resume()
    })
    server.once('error', ({ code }: NodeJS.ErrnoException) =>
      resolve(code === 'EADDRINUSE' ? 'taken' : undefined),
    )
    server.listen(path, () =>
      resolve({
        end: () =>
          new Promise((done) => {
            server.close(() => done())
            for (const socket of waiting) socket.destroy()
          }),
      }),
    )
  })

/** Waits until the process that has the turn ends it; `stale` if none has. */
const closeOf = (path: string, signal: AbortSignal): Promise<'ended' | 'stale'> =>
  new Promise((resolve) => {
    const socket = connect(path)
    const stop = () => socket.destroy()
    if (signal.aborted) stop()
    signal.addEventListener('abort', stop, { once: true })
    let refused = false
    socket.once('error', ({ code }: NodeJS.ErrnoException) => {
      refused = code === 'ECONNREFUSED'
    })
    socket.once('close', () => {
      signal.removeEventListener('abort', stop)
      resolve(refused ? 'stale' : 'ended')
    })
    socket.resume()
  })
