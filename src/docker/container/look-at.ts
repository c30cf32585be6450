import { pause } from '../../call/pause.ts'
import type { ContainerJson } from '../api/api-types.ts'
import { type EngineApi, segment } from '../api/engine-api.ts'
import { detailOf, hasStatus } from '../api/errors.ts'
import type { OutputPosition } from './output-position.ts'

/** What became of the start whose output is read. */
export interface Look {
  readonly status:
    | 'not started'
    | 'running'
    | 'exited'
    | 'started again'
    | 'removed'
    | 'not reachable'
  /** Whether the engine did not answer at first, so that the program may have ended later than its connection. */
  readonly late: boolean
  /** When the start ended that is over. */
  readonly finishedAt?: string
  /** Why the engine did not answer. */
  readonly reason?: string
}

/** Looks at the container; waits for an engine that does not answer, within its limit. */
export const lookAt = async (
  api: EngineApi,
  id: string,
  position: OutputPosition,
  signal: AbortSignal,
): Promise<Look> => {
  const deadline = performance.now() + api.patience.awayMs
  let reason: string | undefined
  for (;;) {
    const told = reason === undefined ? { late: false } : { late: true, reason }
    try {
      const json = await api.json<ContainerJson>('GET', `/containers/${segment(id)}/json`, {
        signal,
      })
      return { status: statusOf(json, position), finishedAt: json.State.FinishedAt, ...told }
    } catch (error) {
      if (hasStatus(error, 404)) return { status: 'removed', ...told }
      reason = detailOf(error)
    }
    if (signal.aborted || performance.now() > deadline)
      return { status: 'not reachable', late: true, reason }
    await pause(100, signal)
  }
}

// ---

const statusOf = ({ State: state }: ContainerJson, position: OutputPosition): Look['status'] => {
  const isNew = state.FinishedAt !== (position.finishedAt ?? never)
  if (state.Status === 'created') return 'not started'
  if (state.Status === 'running' || state.Status === 'paused' || state.Status === 'restarting')
    return isNew ? 'started again' : 'running'
  return isNew ? 'exited' : 'not started'
}

/** The time of what has not happened. */
const never = '0001-01-01T00:00:00Z'
