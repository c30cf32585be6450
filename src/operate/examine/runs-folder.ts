import { lstatSync } from 'node:fs'
import { userInfo } from 'node:os'
import { type RunDir, runDirOf, runsFolder } from '../../protocol/run-dir.ts'
import type { Finding } from './finding.ts'

const name = 'runs folder'
/** Longest path of a unix socket that all systems take. */
const longestSocket = 103

/** Whether clients and supervisors of this user can meet, and nobody else can listen. */
export const runsFolderState = (root: string, folder: string = runsFolder()): Finding => {
  if (process.platform === 'win32') return { name, status: 'ok', text: 'named pipes' }
  const { socket }: RunDir = runDirOf(root, String(2 ** 22))
  if (socket.length > longestSocket)
    return {
      name,
      status: 'fail',
      text: `${socket} is too long for a socket`,
      remedy: 'set TMPDIR to a folder with a shorter path',
    }
  const found = lstatSync(folder, { throwIfNoEntry: false })
  if (found === undefined) return { name, status: 'ok', text: `${folder}, made when it is needed` }
  const mode = (found.mode & 0o777).toString(8)
  if (!found.isDirectory() || found.uid !== userInfo().uid)
    return {
      name,
      status: 'fail',
      text: `${folder} belongs to somebody else`,
      remedy: 'remove it, or set TMPDIR to a folder of your own',
    }
  if ((found.mode & 0o077) !== 0)
    return {
      name,
      status: 'warn',
      text: `${folder} has mode ${mode}, so others can look into it`,
      remedy: `chmod 700 ${folder} (the next start does it, too)`,
    }
  return { name, status: 'ok', text: `${folder}, mode ${mode}` }
}
