import type { Runtime } from '../../runtime/runtime.ts'
import type { EngineApi } from '../api/engine-api.ts'
import { watchEvents } from './events.ts'

/** Creates the part of the runtime that watches events, and closes all watches with it. */
export const createWatches = (api: EngineApi) => {
  const open = new Set<{ close(): Promise<void> }>()

  const watch: Runtime['watch'] = async (labels, onEvent) => {
    const events = await watchEvents(api, labels, onEvent)
    open.add(events)
    return {
      [Symbol.asyncDispose]: async () => {
        open.delete(events)
        await events.close()
      },
    }
  }

  return {
    watch,
    close: async () => {
      await Promise.all([...open].map((events) => events.close()))
      open.clear()
    },
  }
}
