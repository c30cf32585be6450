import { pause } from '../call/pause.ts'
import { connectTo, type Session } from '../client/session/connect.ts'
import type { RunEvent } from '../model/run-event.ts'
import type { RunView } from '../protocol/methods.ts'
import { runDirOf } from '../protocol/run-dir.ts'
import { watchEvents } from './watch-events.ts'

/** Options of {@link watchRun}. */
export interface WatchRunOptions {
  /** Called once with the state of the run when the watch begins. */
  readonly onView: (view: RunView) => void
  /** Called for everything that happens from then on. */
  readonly onEvent: (event: RunEvent) => void
  /** Ends the watch. */
  readonly signal: AbortSignal
}

const pollMs = 50

/**
 * Waits for a run to start, then watches it as an observer, until it ends or the signal aborts.
 *
 * @param who `warm`, the process id of a test runner, or the value of `MESOCOSM_RUN`.
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
    await pause(pollMs)
  }
  return undefined
}
