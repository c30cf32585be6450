import { connectTo, type Session } from '../client/connect.ts'
import type { RunEvent } from '../model/run-event.ts'
import type { RunView } from '../protocol/methods.ts'
import { runDirOf } from '../protocol/run-dir.ts'
import { watchEvents } from './watch-events.ts'

export interface WatchRunOptions {
  /** As it stands when the watch begins. */
  readonly onView: (view: RunView) => void
  readonly onEvent: (event: RunEvent) => void
  readonly signal: AbortSignal
}

const pollMs = 50

/**
 * Waits for a run to come, then watches it without keeping it alive, until it ends or the signal aborts.
 *
 * @param who what `MESOCOSM_RUN` names, or `warm`.
 */
export const watchRun = async (
  root: string,
  who: string,
  { onView, onEvent, signal }: WatchRunOptions,
): Promise<void> => {
  const session = await appearance(root, who, signal)
  if (session === undefined) return
  const { caller } = session
  const end = () => caller.close()
  signal.addEventListener('abort', end, { once: true })
  try {
    await watchEvents(caller, onEvent)
    onView(await caller.call('ps', {}))
    using _ = caller.hold()
    await caller.closed
  } finally {
    signal.removeEventListener('abort', end)
    caller.close()
  }
}

// ---

const appearance = async (
  root: string,
  who: string,
  signal: AbortSignal,
): Promise<Session | undefined> => {
  while (!signal.aborted) {
    const options = { root, client: 'mesocosm watch', observer: true }
    const session = await connectTo(runDirOf(root, who), options)
    if (session !== undefined) return session
    await new Promise((resolve) => setTimeout(resolve, pollMs))
  }
  return undefined
}
