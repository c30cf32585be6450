import { connectTo } from '../../src/client/session/connect.ts'
import { runDirOf } from '../../src/protocol/run-dir.ts'

/** Ends a run of Mesocosm and waits until everything it created is removed; a no-op if it is not live. */
export const endRun = async (root: string, name: string): Promise<void> => {
  const session = await connectTo(runDirOf(root, name), { root, client: 'bench', observer: true })
  if (session === undefined) return
  // Not answered: the connection closes when everything is removed.
  session.caller.call('down', {}).catch(() => undefined)
  const hold = session.caller.hold()
  await session.caller.closed
  hold[Symbol.dispose]()
}
