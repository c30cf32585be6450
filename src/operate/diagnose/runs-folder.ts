import { lstatSync } from 'node:fs'
import { userInfo } from 'node:os'
import { type RunDir, runDirOf, runsFolder } from '../../protocol/run-dir.ts'
import type { Diagnosis } from '../../runtime/diagnosis.ts'

const name = 'runs folder'
/** Longest path of a unix socket that all systems accept. */
const longestSocket = 103

/** Checks that clients and supervisors of this user can connect, and that other users cannot. */
export const runsFolderState = (root: string, folder: string = runsFolder()): Diagnosis => {
  if (process.platform === 'win32') return { name, status: 'ok', text: 'named pipes' }
  const { socket }: RunDir = runDirOf(root, String(2 ** 22))
  if (socket.length > longestSocket)
    return {
      name,
      status: 'fail',
      text: `${socket} is too long for the path of a socket`,
      remedy: 'set TMPDIR to a folder with a shorter path',
    }
  const found = lstatSync(folder, { throwIfNoEntry: false })
  if (found === undefined) return { name, status: 'ok', text: `${folder}, created when needed` }
  const mode = (found.mode & 0o777).toString(8)
  if (!found.isDirectory() || found.uid !== userInfo().uid)
    return {
      name,
      status: 'fail',
      text: `${folder} is not a folder of this user`,
      remedy: 'remove it, or set TMPDIR to another folder',
    }
  if ((found.mode & 0o077) !== 0)
    return {
      name,
      status: 'warn',
      text: `${folder} has mode ${mode}, so other users can read it`,
      remedy: `run \`chmod 700 ${folder}\`; the next start does the same`,
    }
  return { name, status: 'ok', text: `${folder}, mode ${mode}` }
}
