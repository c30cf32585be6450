import { chmod } from 'node:fs/promises'
import { createServer, type Server, type Socket } from 'node:net'
import { MesocosmError } from 'mesocosm'
import { answerBadGateway } from './bad-gateway.ts'
import { type Serving, serveConnection } from './serve-connection.ts'

/** Listens on a Unix socket and forwards what the rules allow. */
export class GuardServer implements AsyncDisposable {
  readonly #server: Server
  readonly #sockets = new Set<Socket>()

  private constructor(serving: Serving) {
    // Half-open: the end of what a client sends is not the end of what it reads.
    this.#server = createServer({ allowHalfOpen: true }, (socket) => this.#serve(socket, serving))
  }

  /**
   * Starts to listen.
   *
   * @param path Unix socket to create, mode 0600; its directory must be private, because the mode is set after the
   * socket exists.
   * @throws {MesocosmError} `ARGUMENT_INVALID` if a bind root contains the socket of the engine.
   */
  static async listen(path: string, serving: Serving): Promise<GuardServer> {
    refuseReachable(serving)
    const guard = new GuardServer(serving)
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    guard.#server.once('error', reject).listen(path, resolve)
    await promise
    await chmod(path, 0o600)
    return guard
  }

  /** Closes all connections and removes the socket. What the session has created stays. */
  async [Symbol.asyncDispose](): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#server.close(() => resolve())
    for (const socket of this.#sockets) socket.destroy()
    await promise
  }

  #serve(socket: Socket, serving: Serving): void {
    this.#sockets.add(socket)
    socket.once('close', () => this.#sockets.delete(socket))
    // A client that leaves ends its own request only.
    socket.on('error', () => socket.destroy())
    serveConnection(socket, serving).catch((error: unknown) => answerBadGateway(socket, error))
  }
}

// ---

/** A container that mounts the engine's socket needs no guard. */
const refuseReachable = ({ engineSocket, policy, realPath }: Serving): void => {
  const socket = realPath(engineSocket) ?? engineSocket
  const root = policy.bindRoots.find(({ path }) => socket.startsWith(`${path}/`))
  if (root === undefined) return
  throw new MesocosmError({
    code: 'ARGUMENT_INVALID',
    message: `the bind root ${root.path} contains the socket of the engine`,
    remedy: 'name a directory that does not contain it',
    facts: { bindRoot: root.path, engineSocket },
  })
}
