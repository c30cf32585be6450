import { connect, createServer, type Server, type Socket } from 'node:net'
import type { PublishedPort } from '../container-spec.ts'

/** A network namespace: its listeners, its published ports and the networks it is attached to. */
export interface Namespace {
  /** Networks by id: its address and its names there. */
  readonly links: Map<string, { readonly address: string; readonly aliases: readonly string[] }>
  /** Returns published ports: `80/tcp` → port on the loopback. Unchanged from `open` to `close`. */
  published(): Record<string, number>
  /** Starts to answer at the published ports. */
  open(): Promise<void>
  /** Stops all listeners. */
  close(): void
  /** Listens on a free port of the loopback, which stands for the given one; returns how to stop. */
  listen(
    port: number,
    onConnection: (socket: Socket) => void,
    allowHalfOpen?: boolean,
  ): Promise<() => void>
  /** Returns the loopback port behind a port of this namespace. */
  realPort(port: number): number | undefined
  /** While paused, connections to published ports wait. */
  setPaused(paused: boolean): void
}

/** Creates a namespace that publishes these ports once it is open. */
export const createNamespace = (publish: readonly PublishedPort[]): Namespace => {
  const listeners = new Map<number, Server>()
  const doors = new Map<string, Server>()
  const waiting = new Set<() => void>()
  const state = { paused: false }

  const forward = (port: number) => (client: Socket) => {
    const through = () => {
      waiting.delete(through)
      const target = listeners.get(port)
      if (target === undefined) return client.destroy()
      const inner = connect(portOf(target), '127.0.0.1')
      client.pipe(inner).pipe(client)
      client.on('error', () => inner.destroy())
      inner.on('error', () => client.destroy())
    }
    if (state.paused) waiting.add(through)
    else through()
  }

  return {
    links: new Map(),
    published: () => Object.fromEntries([...doors].map(([name, door]) => [name, portOf(door)])),
    open: async () => {
      for (const { port, protocol } of publish) {
        doors.set(`${port}/${protocol}`, await listenOnLoopback(forward(port)))
      }
    },
    close: () => {
      const servers = [...doors.values(), ...listeners.values()]
      doors.clear()
      listeners.clear()
      for (const server of servers) server.close()
    },
    listen: async (port, onConnection, allowHalfOpen = false) => {
      if (listeners.has(port)) throw new Error(`port ${port} is taken`)
      const server = await listenOnLoopback(onConnection, allowHalfOpen)
      listeners.set(port, server)
      return () => {
        if (listeners.get(port) === server) listeners.delete(port)
        server.close()
      }
    },
    realPort: (port) => {
      const server = listeners.get(port)
      return server === undefined ? undefined : portOf(server)
    },
    setPaused: (paused) => {
      state.paused = paused
      if (!paused) for (const through of [...waiting]) through()
    },
  }
}

// ---

const listenOnLoopback = (
  onConnection: (socket: Socket) => void,
  allowHalfOpen = false,
): Promise<Server> =>
  new Promise((resolve, reject) => {
    const server = createServer({ allowHalfOpen }, onConnection)
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => resolve(server))
  })

const portOf = (server: Server): number => {
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}
