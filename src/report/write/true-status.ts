import type { TraceFile } from '../../trace/read/merge-trace.ts'

/** Returns the files of a record, in which a run whose supervisor was killed is not `running`, but `unfinished`. */
export const withTrueStatus = (files: readonly TraceFile[]): TraceFile[] =>
  files.map((file) => {
    if (file.name !== 'run.json') return file
    try {
      const facts = JSON.parse(file.text) as { readonly status?: unknown; readonly pid?: unknown }
      if (facts.status !== 'running' || isAlive(facts.pid)) return file
      return { ...file, text: JSON.stringify({ ...facts, status: 'unfinished' }) }
    } catch {
      return file
    }
  })

// ---

/** A record of another machine has the process id of another process. */
const isAlive = (pid: unknown): boolean => {
  if (typeof pid !== 'number') return false
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}
