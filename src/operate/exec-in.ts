import type { ExecRequest, ExecResult } from '../model/exec.ts'
import { type LaneChoice, laneOf } from './lane-of.ts'
import type { Project } from './project.ts'
import { theRun } from './runs.ts'

/** Options of {@link execIn}. */
export interface ExecInOptions extends Omit<LaneChoice, 'topology'> {
  /** Name of the run; default the warm run, else the only one. */
  readonly run?: string | undefined
  /** Milliseconds before the program is killed; default none. */
  readonly timeoutMs?: number | undefined
  /** Kills the program. */
  readonly signal?: AbortSignal
}

/** The longest time that a timer can wait: 24 days. */
const noTimeoutMs = 2 ** 31 - 1

/**
 * Runs a program in a running service of a live run, even while a test holds its lane.
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
