import { pause, settledWithinRealTime } from '../../call/pause.ts'
import { attachSecondary } from '../../errors/attach-secondary.ts'
import type { EngineApi } from '../api/engine-api.ts'
import { ApiFailure } from '../api/errors.ts'
import { removeResource } from './remove.ts'

/** Creations whose answer was lost: the engine may have done them, or may still do them. */
export interface Unanswered {
  /** Removes in the background what came of a failed creation. No-op for a refusal: the name is of something else. */
  remove(kind: 'container' | 'network', name: string, error: unknown): void
  /** Removes the container of a failed creation: by its id at once, without one as {@link remove} does. */
  undo(
    made: { readonly name: string; readonly id: string | undefined },
    error: unknown,
  ): Promise<void>
  /** Waits until nothing is left of an earlier creation with this name. Call it before each creation. */
  gone(kind: 'container' | 'network', name: string): Promise<void>
}

/** Creates the record of creations whose answer was lost. */
export const createUnanswered = (api: EngineApi): Unanswered => {
  const pending = new Map<
    string,
    { readonly done: Promise<void>; readonly stop: AbortController }
  >()
  const removeLater = (kind: 'container' | 'network', name: string) => {
    const stop = new AbortController()
    const tries = async () => {
      for (const afterMs of triesMs) {
        await pause(afterMs, stop.signal)
        if (stop.signal.aborted) return
        // The next try, the end of the run or a sweep finds what a failed one leaves: it has the label of its run.
        await removeResource(api, kind, name).catch(() => undefined)
      }
    }
    const done = tries().finally(() => pending.delete(`${kind} ${name}`))
    pending.set(`${kind} ${name}`, { done, stop })
  }
  const remove: Unanswered['remove'] = (kind, name, error) => {
    if (!(error instanceof ApiFailure)) removeLater(kind, name)
  }
  return {
    remove,
    undo: async ({ name, id }, error) => {
      if (id === undefined) return remove('container', name, error)
      await removeResource(api, 'container', id).catch((second: unknown) => {
        // The first failure is the one to report.
        attachSecondary(error, second)
        removeLater('container', name)
      })
    },
    async gone(kind, name) {
      const former = pending.get(`${kind} ${name}`)
      if (former === undefined) return
      await settledWithinRealTime(former.done, api.patience.changeMs)
      // Later tries would remove what is created now.
      former.stop.abort()
      pending.delete(`${kind} ${name}`)
    },
  }
}

// ---

/** When it is looked for; the engine may finish the call after its caller has given up. */
const triesMs = [0, 500, 2_000]
