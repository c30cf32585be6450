import { pause } from '../../call/pause.ts'
import { messageOf } from '../../errors/unknown-error.ts'
import type { ExecJson } from '../api/api-types.ts'
import { type EngineApi, segment } from '../api/engine-api.ts'
import { execPath } from './exec-program.ts'

/** A program that was started with `run` of `program/exec.c`. */
export interface MarkedExec {
  readonly container: string
  /** The engine's id of the exec. */
  readonly id: string
  /** Finds its processes in the container. */
  readonly mark: string
  /** User it runs as; default the container's. */
  readonly user?: string | undefined
}

/**
 * Kills all processes of an exec, which the engine cannot. A second exec does it, inside: it kills the descendants
 * while their reaper waits, so that process 1 of the container sees none of them end.
 *
 * @returns why it failed; `undefined` when no process of the exec is left.
 */
export const killExec = async (api: EngineApi, exec: MarkedExec): Promise<string | undefined> => {
  const deadline = performance.now() + startsWithinMs
  try {
    for (;;) {
      const exitCode = await killAsRootOrUser(api, exec)
      if (exitCode === killed) return undefined
      if (exitCode !== notFound) return `the kill ended with ${exitCode}`
      if (await hasEnded(api, exec.id)) return undefined
      // The engine answers a start before the program is there.
      if (performance.now() > deadline) return 'it was not found'
      await pause(10)
    }
  } catch (error) {
    return messageOf(error)
  }
}

// ---

const startsWithinMs = 5_000

// Exit codes in `program/exec.c`.
const killed = 0
const notFound = 3
const notKilled = 4

/** Root of a container without the capability `KILL` may not kill the processes of other users. */
const killAsRootOrUser = async (
  api: EngineApi,
  { container, mark, user }: MarkedExec,
): Promise<number | null> => {
  const exitCode = await runKill(api, container, mark, '0')
  return exitCode === notKilled ? runKill(api, container, mark, user) : exitCode
}

const runKill = async (
  api: EngineApi,
  container: string,
  mark: string,
  user: string | undefined,
): Promise<number | null> => {
  const { Id: id } = await api.json<{ Id: string }>(
    'POST',
    `/containers/${segment(container)}/exec`,
    {
      body: {
        Cmd: [execPath, 'kill', mark],
        AttachStdout: true,
        ...(user === undefined ? {} : { User: user }),
      },
    },
  )
  const stream = await api.hijack(`/exec/${id}/start`, { body: { Detach: false, Tty: false } })
  for await (const _ of stream);
  return (await stateOf(api, id)).ExitCode
}

const hasEnded = async (api: EngineApi, id: string): Promise<boolean> => {
  const { Running: running, ExitCode: exitCode } = await stateOf(api, id)
  return !running && exitCode !== null
}

const stateOf = (api: EngineApi, id: string): Promise<ExecJson> =>
  api.json<ExecJson>('GET', `/exec/${id}/json`)
