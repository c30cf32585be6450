import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

/** The installed server and its client. */
export interface InstalledServer {
  /** Path of `redis-server` or `valkey-server`. */
  readonly server: string
  /** Path of `redis-cli` or `valkey-cli`. */
  readonly client: string
}

/** Returns the Redis or Valkey of this machine's PATH; `undefined` if a part of it is missing. */
export const findInstalledServer = (path = process.env.PATH ?? ''): InstalledServer | undefined => {
  for (const product of ['redis', 'valkey']) {
    const server = inPath(`${product}-server`, path)
    const client = inPath(`${product}-cli`, path)
    if (server !== undefined && client !== undefined) return { server, client }
  }
  return undefined
}

// ---

const inPath = (program: string, path: string): string | undefined =>
  path
    .split(delimiter)
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, program))
    .find(isExecutable)

const isExecutable = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
