import { randomUUID } from 'node:crypto'
import { byNumber, messageOf, textOf } from '../../../protobuf/message.ts'
import type { EngineApi } from '../../api/engine-api.ts'
import { type Agents, forwardAgent } from './forward-agent.ts'
import { type SentFolders, sendFiles } from './send-files.ts'
import { type GrpcMethod, GrpcRefusal, grpcCode, onlyMessage, serveGrpc } from './serve-grpc.ts'

/** What BuildKit may ask the client for during a build. */
export interface SessionOffer {
  /** Folders with the Dockerfile and the files of the build, when they are not sent with the call. */
  readonly folders: SentFolders
  /** Returns a secret; `undefined` for one that the build does not have. */
  readonly secret: (id: string) => Promise<Uint8Array | undefined>
  /** Sockets of SSH agents by id. */
  readonly agents: Agents
  /** Returns the login for a registry host; `undefined` for none. */
  readonly login: (host: string) => Promise<SessionLogin | undefined>
}

/** A user name with its password, or no name with an identity token. */
export interface SessionLogin {
  readonly user: string
  readonly password: string
}

/** A connection over which BuildKit asks the client during a build. */
export interface BuildSession extends Disposable {
  /** For the query of the build. */
  readonly id: string
}

/**
 * Opens a connection over which BuildKit asks for what a build does not send.
 *
 * @throws a failure of the engine, `ApiFailure` when it has no sessions.
 */
export const openBuildSession = async (
  api: EngineApi,
  { folders, secret, agents, login }: SessionOffer,
  signal: AbortSignal | undefined,
): Promise<BuildSession> => {
  const id = randomUUID()
  const methods: Readonly<Record<string, GrpcMethod>> = {
    '/grpc.health.v1.Health/Check': (call) => call.send(messageOf({ 1: serving })),
    '/moby.filesync.v1.FileSync/DiffCopy': sendFiles(folders),
    '/moby.filesync.v1.Auth/Credentials': async (call) => {
      const host = textOf(byNumber(await onlyMessage(call)).get(1))
      const found = await login(host)
      await call.send(messageOf({ 1: found?.user ?? '', 2: found?.password ?? '' }))
    },
    '/moby.buildkit.secrets.v1.Secrets/GetSecret': async (call) => {
      const name = textOf(byNumber(await onlyMessage(call)).get(1))
      const found = await secret(name)
      if (found === undefined)
        throw new GrpcRefusal(grpcCode.notFound, `secret ${name} is not declared`)
      await call.send(messageOf({ 1: found }))
    },
    ...(Object.keys(agents).length === 0 ? {} : forwardAgent(agents)),
  }
  const socket = await api.hijack('/session', {
    // An empty body: bytes of a chunked one would be read as part of the session.
    file: Buffer.alloc(0),
    long: false,
    headers: {
      Upgrade: 'h2c',
      'X-Docker-Expose-Session-Uuid': id,
      'X-Docker-Expose-Session-Name': 'mesocosm',
      // BuildKit keeps files for sessions with the same key, and takes those of the same size and time for unchanged.
      'X-Docker-Expose-Session-Sharedkey': id,
      'X-Docker-Expose-Session-Grpc-Method': Object.keys(methods),
    },
    ...(signal === undefined ? {} : { signal }),
  })
  const served = serveGrpc(socket, methods)
  return { id, [Symbol.dispose]: () => served[Symbol.dispose]() }
}

// ---

/** Of `HealthCheckResponse`: BuildKit ends sessions that do not answer. */
const serving = 1
