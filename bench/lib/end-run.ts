import { connectTo } from '../../src/client/session/connect.ts'
import { runDirOf } from '../../src/protocol/run-dir.ts'

/** Ends a run of Mesocosm by its name and waits until all it made is gone; nothing when there is none. */
export const endRun = async (root: string, name: string): Promise<void> => {
  const session = await connectTo(runDirOf(root, name), { root, client: 'bench', observer: true })
  if (session === undefined) return
  // Never answered: the connection closes when everything is gone.
  session.caller.call('down', {}).catch(() => undefined)
  const hold = session.caller.hold()
  await session.caller.closed
  hold[Symbol.dispose]()
}
