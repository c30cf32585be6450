import type { ExecResult } from 'mesocosm'
import { ExecError } from 'mesocosm'
import { parseAnswer } from './json-value.ts'
import type { Json } from './provider.ts'

/**
 * What a tool printed, as JSON.
 *
 * @throws {ExecError} `EXEC_FAILED` when it failed, `EXEC_OUTPUT_INVALID` when it printed no JSON.
 */
export const jsonAnswer = (argv: readonly string[], result: ExecResult): Json => {
  const answer = result.exitCode === 0 ? parseAnswer(result.stdout) : undefined
  if (answer !== undefined) return answer
  throw noAnswer(argv, result, 'JSON')
}

/** The error for a tool that did not answer as its framework should. */
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
        : `\`${command}\` ended with exit code ${exitCode}`,
    remedy: 'Check `cli` in the topology: how the tool is started, and its kind.',
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
