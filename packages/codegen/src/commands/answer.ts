import type { ExecResult } from 'mesocosm'
import { ExecError } from 'mesocosm'
import { parseAnswer } from './json-value.ts'
import type { JsonValue } from './provider.ts'

/**
 * Returns the JSON that a tool printed.
 *
 * @throws {ExecError} `EXEC_FAILED` if it failed, `EXEC_OUTPUT_INVALID` if it printed no JSON.
 */
export const jsonAnswer = (argv: readonly string[], result: ExecResult): JsonValue => {
  const answer = result.exitCode === 0 ? parseAnswer(result.stdout) : undefined
  if (answer !== undefined) return answer
  throw noAnswer(argv, result, 'JSON')
}

/** Returns the error for a tool whose output is not what its framework prints. */
export const noAnswer = (
  argv: readonly string[],
  { exitCode, stdout, stderr }: ExecResult,
  expected: string,
): ExecError => {
  const command = argv.map((word) => (word.length > 60 ? '…' : word)).join(' ')
  return new ExecError({
    code: exitCode === 0 ? 'EXEC_OUTPUT_INVALID' : 'EXEC_FAILED',
    message:
      exitCode === 0
        ? `\`${command}\` printed no ${expected}`
        : `\`${command}\` exited with code ${exitCode}`,
    remedy: 'check `cli` in the topology: the start command of the tool, and its kind',
    details: [...lastLines('stdout', stdout), ...lastLines('stderr', stderr)],
    exec: { argv, exitCode, stdout, stderr },
  })
}

// ---

const lastLines = (stream: string, text: string): string[] =>
  text.trim() === ''
    ? []
    : text
        .trimEnd()
        .split('\n')
        .slice(-10)
        .map((line) => `${stream}: ${line}`)
