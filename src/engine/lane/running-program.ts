import { settledWithinRealTime } from '../../call/pause.ts'
import { isMesocosmError } from '../../errors/mesocosm-error.ts'
import type { Member } from '../group/group-members.ts'
import type { Program } from '../group/program.ts'
import { notRunning, type Where } from './lane-errors.ts'

/** How long the exit code and the last lines of a program may take to arrive after the engine says that it ended. */
const exitFactsMs = 3_000

/**
 * Returns the running program of a service.
 *
 * @throws {MesocosmError} `SERVICE_NOT_STARTED`; `SERVICE_NOT_RUNNING` with exit code and last lines.
 */
export const runningProgram = async (
  where: Where,
  member: Member | undefined,
): Promise<Program> => {
  const program = member?.program
  if (program?.status === 'running' || program?.status === 'paused') return program
  if (program?.status === 'exited') await settledWithinRealTime(program.exited, exitFactsMs)
  throw notRunning(where, program)
}

/**
 * Returns the error of a call that needs a running program. The engine knows only that the container does not run;
 * the name, the exit code and the last lines say why.
 */
export const whyNotRun = async (
  where: Where,
  program: Program,
  error: unknown,
): Promise<unknown> => {
  if (!isMesocosmError(error) || error.code !== 'SERVICE_NOT_RUNNING') return error
  // The engine refuses calls before it reports the end.
  if (program.status !== 'paused') await settledWithinRealTime(program.exited, exitFactsMs)
  return program.status === 'running' ? error : notRunning(where, program, error)
}
