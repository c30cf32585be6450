import { dirname, isAbsolute } from 'node:path'
import { fileURLToPath } from 'node:url'
// Not by name: in a Node without it, the door must report that Node is too old.
import * as util from 'node:util'

/**
 * Returns the folder of the file that made a call; the working folder if there is no file (a REPL, `node --eval`).
 *
 * @param depth how many calls up: 1 is the function that calls this one, 2 its caller.
 */
export const callerFolder = (depth: number): string => {
  const script = util.getCallSites(depth + 1)[depth]?.scriptName ?? ''
  const path = script.startsWith('file:') ? fileURLToPath(script) : script
  // Loaders add a query to rewritten modules, which is not part of the path.
  return isAbsolute(path) ? dirname(path.replace(/\?.*$/, '')) : process.cwd()
}
