import { readRunFile } from '../../protocol/run-access.ts'
import type { RunDir } from '../../protocol/run-dir.ts'
import { connectOrStart, type Session, startSupervisor } from './connect.ts'

interface Shared {
  readonly session: Promise<Session>
  uses: number
}

/** One connection per project and process, also when several copies of this package are loaded. */
const pool = (): Map<string, Shared> => {
  const key = Symbol.for('mesocosm.sessions')
  const store = globalThis as { [key]?: Map<string, Shared> }
  store[key] ??= new Map()
  return store[key]
}

/** A supervisor that ends in order removes its owner file. If it exists, the supervisor died: sweep its leftovers. */
const succeed = (runDir: RunDir, root: string): void => {
  try {
    if (readRunFile(runDir, 'owner') !== undefined) startSupervisor(runDir, root)
  } catch {
    // Another process has cleaned up. Any other fault is reported to the next client that connects.
  }
}

/** One use of the process's connection to a supervisor. */
export interface SessionLease {
  readonly session: Session
  /** Ends this use; the last use closes the connection. */
  release(): void
}

/** Returns the connection for a project; connects first if this process has none. */
export const acquireSession = async (root: string, client: string): Promise<SessionLease> => {
  const sessions = pool()
  let shared = sessions.get(root)
  if (shared === undefined) {
    shared = { session: connectOrStart({ root, client }), uses: 0 }
    sessions.set(root, shared)
    const mine = shared
    const forget = () => {
      if (sessions.get(root) === mine) sessions.delete(root)
    }
    mine.session.then(({ caller, runDir }) => {
      void caller.closed.then(({ expected }) => {
        forget()
        if (!expected) succeed(runDir, root)
      })
    }, forget)
  }
  shared.uses++
  const { session: opening } = shared
  const mine = shared
  const letGo = (session: Session | undefined) => {
    if (--mine.uses > 0) return
    if (sessions.get(root) === mine) sessions.delete(root)
    session?.caller.close()
  }
  try {
    const session = await opening
    return { session, release: () => letGo(session) }
  } catch (error) {
    letGo(undefined)
    throw error
  }
}
