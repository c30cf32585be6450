import type { Caller } from '../client/session/caller.ts'
import type { RunEvent } from '../model/run-event.ts'

/** Calls back for everything that happens in a run, until the connection ends or the result is disposed. */
export const watchEvents = async (
  caller: Caller,
  onEvent: (event: RunEvent) => void,
): Promise<Disposable> => {
  const heard = caller.on('progress', onEvent)
  await caller.call('watch', {})
  return heard
}
