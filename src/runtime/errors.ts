import type { ErrorCode } from '../errors/codes.ts'
import { ExecError } from '../errors/exec-error.ts'
import { MesocosmError } from '../errors/mesocosm-error.ts'
import { messageOf } from '../errors/unknown-error.ts'
import type { ExecRequest, ExecResult } from '../model/exec.ts'

/** Returns the error for a host file that cannot be copied into a container. */
export const fileNotCopied = (from: string, to: string, cause: unknown): MesocosmError =>
  new MesocosmError({
    code: 'SERVICE_START_FAILED',
    message: `${from} could not be copied to ${to}: ${messageOf(cause)}`,
    remedy: 'check the path in `files`; a relative one starts at the folder of the topology',
    facts: { from, to },
    cause,
  })

/** Why a program in a container failed to run to its end. */
export interface ExecFailure {
  readonly code: ErrorCode
  /** Follows the command in the message: `was killed after 100 ms`. */
  readonly what: string
  readonly remedy?: string
  readonly cause?: unknown
}

/** Returns the error for a program that failed to run to its end, with its output so far. */
export const execError = (
  { argv }: ExecRequest,
  output: Pick<ExecResult, 'stdout' | 'stderr'>,
  { code, what, remedy, cause }: ExecFailure,
): ExecError =>
  new ExecError({
    code,
    message: `\`${argv.join(' ')}\` ${what}`,
    ...(remedy === undefined ? {} : { remedy }),
    exec: { argv, exitCode: undefined, ...output },
    ...(cause === undefined ? {} : { cause }),
  })

/** The failure of a program whose caller aborted before it ran. */
export const abortedBefore = (reason: unknown): ExecFailure => ({
  code: 'ABORTED',
  what: 'was aborted before it ran',
  cause: reason,
})

/** The failure of a program whose caller aborted while it ran. */
export const abortedMeanwhile = (reason: unknown, end = 'was killed'): ExecFailure => ({
  code: 'ABORTED',
  what: `${end} because the caller aborted`,
  cause: reason,
})

/** The failure of a program that ran longer than its timeout. */
export const timedOut = (timeoutMs: number | undefined, end = 'was killed'): ExecFailure => ({
  code: 'EXEC_TIMEOUT',
  what: `${end} after ${timeoutMs} ms`,
  remedy: 'raise timeoutMs, or find out why the program does not end',
})

/** The failure of a program that the container does not have. */
export const programMissing = {
  code: 'EXEC_NOT_FOUND',
  what: 'could not be run: the program is missing in the container',
  remedy:
    "check the program's name against the service's image; shell syntax needs ['sh', '-c', …]",
} as const satisfies ExecFailure
