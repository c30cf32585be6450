import { createServer, type Server } from 'node:net'

/**
 * Picks free ports of the loopback address and never the same twice. A published port with a given number
 * keeps it when a network changes; the engine would pick another one.
 */
export interface FreePorts {
  pick(count: number): Promise<number[]>
}

/** Creates the picker for a loopback address of this host. */
export const createFreePorts = (host: string): FreePorts => {
  const given = new Set<number>()
  const pickOne = async (open: Server[]): Promise<number> => {
    for (;;) {
      const server = createServer()
      open.push(server)
      const port = await listen(server, host)
      if (given.has(port)) continue
      given.add(port)
      return port
    }
  }
  return {
    async pick(count) {
      // Kept open until all are picked, so that no port is picked twice.
      const open: Server[] = []
      try {
        const ports: number[] = []
        while (ports.length < count) ports.push(await pickOne(open))
        return ports
      } finally {
        await Promise.all(open.map(close))
      }
    },
  }
}

const listen = (server: Server, host: string): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ port: 0, host, exclusive: true }, () => {
      const address = server.address()
      if (typeof address === 'object' && address !== null) resolve(address.port)
      else reject(new Error('the listener has no port'))
    })
  })

const close = (server: Server): Promise<void> =>
  new Promise((resolve) => void server.close(() => resolve()))
