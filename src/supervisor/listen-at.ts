import { rmSync, writeFileSync } from 'node:fs'
import type { Server } from 'node:net'
import type { RunDir } from '../protocol/run-dir.ts'

/** Lets clients connect: writes the token and listens at the socket, both usable by this user alone. */
export const listenAt = (runDir: RunDir, token: string, server: Server): void => {
  // A file of a dead supervisor would keep its mode.
  rmSync(runDir.token, { force: true })
  writeFileSync(runDir.token, token, { flag: 'wx', mode: 0o600 })
  if (process.platform !== 'win32') rmSync(runDir.socket, { force: true })
  const umask = process.umask(0o077)
  try {
    // The socket exists when this returns.
    server.listen(runDir.socket)
  } finally {
    process.umask(umask)
  }
}
