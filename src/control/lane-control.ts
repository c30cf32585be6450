import { randomBytes } from 'node:crypto'
import { createAnswer } from './answer.ts'
import { closeServer, createControlServer, listenOnLoopback } from './http/server.ts'
import { LaneSession, type SessionOptions } from './lane-session.ts'
import { type ControlLimits, defaultLimits } from './limits.ts'

/** The Control API of one lane, while a client holds it. */
export interface LaneControl {
  /** `http://127.0.0.1:<port>`. */
  readonly url: string
  readonly token: string
  readonly port: number
  /** Answers requests under another `Host`, too: a name and port in the lane's network. */
  addHost(host: string): void
  /** Ends it: aborts calls and waits for them, and ends the running test as failed. */
  close(): Promise<void>
}

/** Serves the Control API of a lane on a free port of the loopback address. */
export const openLaneControl = async (
  options: SessionOptions & { readonly limits?: Partial<ControlLimits> },
): Promise<LaneControl> => {
  const limits = { ...defaultLimits, ...options.limits }
  const session = new LaneSession(options)
  const token = randomBytes(32).toString('base64url')
  // A service or a test may print it.
  options.redactor.add([token])
  const hosts = new Set<string>()
  const over = new AbortController()
  const answer = createAnswer({ session, door: { token, hosts }, limits, over: over.signal })
  const server = createControlServer((request, response) => void answer(request, response), limits)
  const port = await listenOnLoopback(server)
  for (const name of ['127.0.0.1', 'localhost', '[::1]']) hosts.add(`${name}:${port}`)
  let closing: Promise<void> | undefined
  const close = async () => {
    over.abort()
    await session.calls.settled()
    session.tests.abandon('the lane was released before the test ended')
    await closeServer(server)
  }
  return {
    url: `http://127.0.0.1:${port}`,
    token,
    port,
    addHost: (host) => void hosts.add(host.toLowerCase()),
    close() {
      closing ??= close()
      return closing
    },
  }
}
