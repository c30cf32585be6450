import { accessSync, constants, realpathSync } from 'node:fs'
import { basename, delimiter, join } from 'node:path'
import { MesocosmError } from '../../errors/mesocosm-error.ts'
import { oldestNode } from '../../errors/node-version.ts'

/**
 * Returns the command that starts a program of ours with Node: this one; in Bun, `MESOCOSM_NODE`, else the first `node`
 * on `PATH` that is not Bun under that name.
 *
 * Bun ends all descendants of a worker with it, also those in a session of their own. There, a shell that ends at once
 * gives the program another parent.
 *
 * @throws {MesocosmError} `NODE_UNSUPPORTED` if there is no Node.
 */
export const nodeCommand = (
  args: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
  versions: NodeJS.ProcessVersions = process.versions,
): readonly [string, ...string[]] => {
  if (versions.bun === undefined) return [process.execPath, ...args]
  const node = env.MESOCOSM_NODE || firstNode(env.PATH ?? '')
  if (node === undefined) throw noNode()
  if (process.platform === 'win32') return [node, ...args]
  return ['/bin/sh', '-c', '"$@" &', 'mesocosm', node, ...args]
}

// ---

const firstNode = (path: string): string | undefined =>
  path
    .split(delimiter)
    .map((folder) => join(folder || '.', process.platform === 'win32' ? 'node.exe' : 'node'))
    .find(isNode)

const isNode = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK)
    return !basename(realpathSync(path)).startsWith('bun')
  } catch {
    // A folder of PATH that has none.
    return false
  }
}

const noNode = () =>
  new MesocosmError({
    code: 'NODE_UNSUPPORTED',
    message: 'the supervisor runs on Node, and there is no `node` on PATH',
    remedy: `install Node ${oldestNode.join('.')} or later, or set MESOCOSM_NODE to its path`,
  })
