import { dirname, isAbsolute } from 'node:path'
import { fileURLToPath } from 'node:url'
import { getCallSites } from 'node:util'

/**
 * Folder of the file that made a call; the working folder when it has none (a REPL, `node --eval`).
 *
 * @param depth how many calls up: 1 is the function that asks, 2 its caller.
 */
export const callerFolder = (depth: number): string => {
  const script = getCallSites(depth + 1)[depth]?.scriptName ?? ''
  const path = script.startsWith('file:') ? fileURLToPath(script) : script
  // Loaders mark rewritten modules with a query; it is no part of the path.
  return isAbsolute(path) ? dirname(path.replace(/\?.*$/, '')) : process.cwd()
}
