import { type ExecFailure, programMissing } from '../../runtime/errors.ts'

/**
 * Returns why an engine refused to run a program; `undefined` when the text is not a refusal.
 *
 * @param text output with exit code 126 or 127, or the detail of an HTTP error: engines use either.
 */
export const refusalOf = (text: string): ExecFailure | undefined => {
  if (!refused.test(text)) return undefined
  const { pattern: _, ...found } = refusals.find(({ pattern }) => pattern.test(text)) ?? {
    pattern: refused,
    ...programMissing,
  }
  return { ...found, cause: new Error(text.trim()) }
}

// ---

const refused =
  /OCI runtime exec failed|unable to start container process|executable file .*not found|^unable to find user/i

const refusals: readonly (ExecFailure & { readonly pattern: RegExp })[] = [
  {
    pattern: /cannot exec in a stopped|executing setns process|init-p: broken pipe/,
    code: 'SERVICE_NOT_RUNNING',
    what: 'could not be run: its service ended at this moment',
    remedy: 'start the service again, or read its last log lines for the reason',
  },
  {
    pattern: /chdir to cwd/,
    code: 'EXEC_FAILED',
    what: 'could not be run: its working folder does not exist',
    remedy: 'check `cwd`',
  },
  {
    pattern: /unable to find user/,
    code: 'EXEC_FAILED',
    what: 'could not be run: the image has no such user',
    remedy: 'check `user`',
  },
  {
    pattern: /permission denied/,
    code: 'EXEC_NOT_FOUND',
    what: 'could not be run: the program is not executable',
    remedy: 'make it executable, or run it by its interpreter',
  },
]
