import type { ExecRequest, ExecResult } from '../model/exec.ts'
import { type LaneChoice, laneOf } from './lane-of.ts'
import type { Project } from './project.ts'
import { theRun } from './runs.ts'

export interface ExecInOptions extends Omit<LaneChoice, 'topology'> {
  readonly run?: string | undefined
  /** Default none. */
  readonly timeoutMs?: number | undefined
  readonly signal?: AbortSignal
}

/** The longest that a timer can wait; some 24 days. */
const noTimeoutMs = 2 ** 31 - 1

/**
 * Runs a program in a running service of a live run, also in a lane that a test holds.
 *
 * @throws {MesocosmError} `SUPERVISOR_UNREACHABLE`, `SERVICE_UNKNOWN`, `SERVICE_NOT_STARTED`, `EXEC_NOT_FOUND`, `EXEC_TIMEOUT`.
 */
export const execIn = async (
  project: Project,
  service: string,
  request: ExecRequest,
  { run: named, lane, timeoutMs = noTimeoutMs, signal }: ExecInOptions = {},
): Promise<ExecResult> => {
  const { caller } = (await theRun(project.root, named)).session
  try {
    const view = await caller.call('ps', {})
    const at = laneOf(view, [service], { lane, topology: project.topology?.name })
    return await caller.call(
      'exec',
      { lane: at.lane, service, request, timeoutMs },
      { signal, what: `${request.argv[0]} in ${service}` },
    )
  } finally {
    caller.close()
  }
}
