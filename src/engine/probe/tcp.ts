import { connect } from 'node:net'
import type { Address } from '../../model/endpoint.ts'
import type { TcpProbe } from '../../model/probe.ts'
import { readListeners } from './listeners.ts'
import { firstPort, type Look, notYet, type Probe, type ProbeTarget, ready } from './target.ts'

const tryTimeoutMs = 1_000

/**
 * How long a published connection must stay open to count. Docker's proxy accepts every connection
 * and closes it at once when nothing listens behind it.
 */
const proxyVerdictMs = 40

/** Creates a probe that looks for a listener on a TCP port, from the test or from inside the service. */
export const tcpProbe = (spec: TcpProbe, target: ProbeTarget): Probe => {
  const port = spec.port ?? firstPort(target) ?? ''
  const inside = spec.from === 'inside'
  return {
    awaited: `a listener on port ${port}${inside ? ', seen from inside' : ''}`,
    intervalMs: spec.intervalMs ?? (inside ? 50 : 20),
    look(signal) {
      const number = target.ports[port]?.port
      if (number === undefined) return Promise.resolve(notYet(`no port named ${port}`))
      if (inside) return listeningInside(target, number, signal)
      const direct = target.direct(port)
      if (direct !== undefined) return connects(direct, 0, signal)
      const published = target.published(port)
      return published === undefined
        ? Promise.resolve(notYet(`port ${port} is not published`))
        : connects(published, proxyVerdictMs, signal)
    },
  }
}

const connects = (address: Address, stayOpenMs: number, signal: AbortSignal): Promise<Look> =>
  new Promise((resolve) => {
    const socket = connect({ ...address, signal })
    const finish = (look: Look) => {
      resolve(look)
      socket.destroy()
    }
    let connected = false
    socket.setTimeout(tryTimeoutMs)
    socket.on('timeout', () => finish(connected ? ready : notYet('no answer to the connection')))
    socket.on('error', (error) => finish(notYet(error.message)))
    socket.on('connect', () => {
      connected = true
      if (stayOpenMs === 0) finish(ready)
      else socket.setTimeout(stayOpenMs)
    })
    socket.on('data', () => finish(ready))
    socket.on('close', () => finish(notYet('the connection was closed at once')))
  })

const listeningInside = async (
  target: ProbeTarget,
  port: number,
  signal: AbortSignal,
): Promise<Look> => {
  const listeners = await readListeners(target.runtime, target.container, signal)
  if (listeners === undefined) return notYet('the sockets of the service cannot be read')
  return listeners.some((listener) => listener.port === port)
    ? ready
    : notYet(`nothing listens on ${port} inside`)
}
