import { execFile } from 'node:child_process'
import type { GitCommit } from '../trace/event/event.ts'

/** The record of a run does not wait longer for it: a huge repository may be slow. */
const timeoutMs = 1_000

/** Returns the commit of a folder; `undefined` without a repository, a commit or git. Never rejects. */
export const gitCommit = (folder: string): Promise<GitCommit | undefined> =>
  new Promise((resolve) => {
    execFile(
      'git',
      [
        // Writes nothing: other commands of git may run.
        '--no-optional-locks',
        'status',
        '--porcelain=v2',
        '--branch',
        '--untracked-files=no',
      ],
      { cwd: folder, timeout: timeoutMs, windowsHide: true, maxBuffer: 64 * 1024 * 1024 },
      (error, stdout) => resolve(error === null ? commitOf(stdout) : undefined),
    )
  })

// ---

const commitOf = (status: string): GitCommit | undefined => {
  const commit = /^# branch\.oid ([0-9a-f]{7,64})$/m.exec(status)?.[1]
  if (commit === undefined) return undefined
  const branch = /^# branch\.head (?!\(detached\)$)(.+)$/m.exec(status)?.[1]
  return {
    commit,
    ...(branch === undefined ? {} : { branch }),
    changed: /^[^#\n]/m.test(status),
  }
}
