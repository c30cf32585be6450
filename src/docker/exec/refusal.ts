import type { ErrorCode } from '../../errors/codes.ts'

/** How an exec failed, in words that follow the command. */
export interface ExecFailure {
  readonly code: ErrorCode
  readonly what: string
  readonly remedy?: string
  readonly cause?: unknown
}

/**
 * Engines say that a program could not be run at all in its output or in an HTTP answer, with exit code
 * 126 or 127, as a shell would. `undefined`: these are not such words.
 */
export const refusalOf = (text: string): ExecFailure | undefined => {
  if (!unrunnable.test(text)) return undefined
  const cause = new Error(text.trim())
  const found = refusals.find(({ pattern }) => pattern.test(text)) ?? unknownProgram
  return { code: found.code, what: `could not be run: ${found.why}`, remedy: found.remedy, cause }
}

const unrunnable =
  /OCI runtime exec failed|unable to start container process|executable file .*not found|^unable to find user/i

const unknownProgram = {
  code: 'EXEC_NOT_FOUND',
  why: 'there is no such program',
  remedy:
    "Check the program's name against the service's image; shell syntax needs ['sh', '-c', …].",
} as const

const refusals = [
  {
    pattern: /chdir to cwd/,
    code: 'EXEC_FAILED',
    why: 'its folder does not exist',
    remedy: 'Check `cwd`.',
  },
  {
    pattern: /unable to find user/,
    code: 'EXEC_FAILED',
    why: 'the image has no such user',
    remedy: 'Check `user`.',
  },
  {
    pattern: /permission denied/,
    code: 'EXEC_NOT_FOUND',
    why: 'it is not executable',
    remedy: 'Make it executable, or run it by its interpreter.',
  },
] as const
