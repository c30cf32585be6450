import { connectTo } from '../../src/client/session/connect.ts'
import { runDirOf } from '../../src/protocol/run-dir.ts'
import { until } from './answers.ts'

/** Waits until a run of Mesocosm has a lane that no client holds, with all its services ready. */
export const untilFree = async (root: string, name: string): Promise<void> => {
  const session = await connectTo(runDirOf(root, name), { root, client: 'bench', observer: true })
  if (session === undefined) throw new Error(`run ${name} has ended`)
  try {
    await until(async () => {
      const { lanes } = await session.caller.call('ps', {})
      return lanes.some(
        ({ held, services }) => !held && services.every(({ state }) => state === 'ready'),
      )
    }, 50)
  } finally {
    session.caller.close()
  }
}
