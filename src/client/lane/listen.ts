import { createServer, type RequestListener } from 'node:http'
import type { Listener, ListenOptions, ListenTarget } from '../../define/lane.ts'
import { isKeyed } from '../../model/value-kind.ts'
import type { LaneLink } from './lane-link.ts'

/** Returns the port of a number or of a server of any realm that listens on TCP; else `undefined`. */
export const portOf = (target: unknown): number | undefined => {
  if (typeof target === 'number') {
    return Number.isInteger(target) && target >= 1 && target <= 65_535 ? target : undefined
  }
  if (!isKeyed(target) || typeof target.address !== 'function') return undefined
  const address: unknown = target.address()
  return isKeyed(address) && typeof address.port === 'number' ? address.port : undefined
}

/** Listens at an endpoint of a lane; see `Lane.listen`. */
export const listenAt = async (
  link: LaneLink,
  endpoint: string,
  target: ListenTarget,
  { port, timeoutMs = defaultTimeoutMs, signal }: ListenOptions = {},
): Promise<Listener> => {
  const server = typeof target === 'function' ? await served(target) : undefined
  try {
    const { id, url } = await link.call(
      'listen',
      {
        lane: link.name,
        service: endpoint,
        to: server?.port ?? (portOf(target) as number),
        ...(port === undefined ? {} : { port }),
      },
      {
        timeoutMs,
        signal,
        what: `listening at ${endpoint}`,
        late: (made) => link.undo('unlisten', { lane: link.name, id: made.id }),
      },
    )
    let closing: Promise<void> | undefined
    const close = (): Promise<void> => {
      closing ??= stop(link, id).finally(() => server?.close())
      return closing
    }
    link.onRelease(endpoint, close)
    return { url, close, [Symbol.asyncDispose]: close }
  } catch (error) {
    await server?.close()
    throw error
  }
}

// ---

const defaultTimeoutMs = 30_000

/** The release of the lane has closed it as well. */
const stop = async (link: LaneLink, id: number): Promise<void> => {
  if (link.released) return
  const what = `closing the listener in lane ${link.name}`
  await link.call('unlisten', { lane: link.name, id }, { timeoutMs: defaultTimeoutMs, what })
}

/** Serves a handler on a free port of the loopback address. */
const served = async (handler: RequestListener) => {
  const server = createServer(handler)
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  return {
    port: portOf(server) as number,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
