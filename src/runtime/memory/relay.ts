import { once } from 'node:events'
import { connect } from 'node:net'
import { type Duplex, duplexPair } from 'node:stream'
import { MesocosmError } from '../../errors/mesocosm-error.ts'
import { serveRelay } from '../../relay/server.ts'
import type { MemoryContainer } from './container.ts'

/** Runs a relay of this process in a container's namespace, as long as its program runs; see `Runtime.relay`. */
export const memoryRelay = ({ whileRunning, surroundings }: MemoryContainer): Duplex => {
  const [own, other] = duplexPair()
  serveRelay(other, {
    listen: (port, onConnection) => surroundings.namespace.listen(port, onConnection, true),
    connect: async (_, port) => {
      const real = surroundings.namespace.realPort(port)
      const socket = connect({ port: real ?? 0, host: '127.0.0.1', allowHalfOpen: true })
      await once(socket, 'connect')
      return socket
    },
  })
  // One end of a pair does not notice the end of the other.
  own.once('close', () => other.destroy())
  other.once('close', () => own.destroy())
  whileRunning(() => void other.destroy())
  return own
}

/** Returns the error for a container that does not run. */
export const relayless = (container: string): MesocosmError =>
  new MesocosmError({
    code: 'SERVICE_NOT_RUNNING',
    message: `the relay in container ${container} could not be started: the container is not running`,
    remedy: 'start it first',
    facts: { container },
  })
