import { lstatSync } from 'node:fs'
import { accessFault } from '../../protocol/run-access.ts'
import { runDirNamed, runDirOf, runsFolder } from '../../protocol/run-dir.ts'
import type { Diagnosis } from '../../runtime/diagnosis.ts'

const name = 'runs folder'

/** Checks that clients and supervisors of this user can connect, and that other users cannot. */
export const runsFolderState = (root: string, folder: string = runsFolder()): Diagnosis => {
  if (process.platform === 'win32') return { name, status: 'ok', text: 'named pipes' }
  // Process ids can have this many digits.
  const longest = runDirNamed(runDirOf(root, String(2 ** 22)).name, folder)
  const fault = accessFault(longest)
  if (fault !== undefined) {
    const { summary: text, remedy = '' } = fault
    return { name, status: 'fail', text, remedy }
  }
  const found = lstatSync(folder, { throwIfNoEntry: false })
  if (found === undefined) return { name, status: 'ok', text: `${folder}, created when needed` }
  const mode = (found.mode & 0o777).toString(8)
  if ((found.mode & 0o077) !== 0)
    return {
      name,
      status: 'warn',
      text: `${folder} has mode ${mode}, so other users can read it`,
      remedy: `run \`chmod 700 ${folder}\`; the next start does the same`,
    }
  return { name, status: 'ok', text: `${folder}, mode ${mode}` }
}
