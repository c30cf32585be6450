import type { ExecReport } from '../attempt/attempt-report.ts'
import { plainText } from '../plain-text.ts'
import { durationText, offsetText } from './time.ts'

/** Lines of a command's output that are shown: more of one that failed. */
const shownOf = { failed: 12, done: 3 } as const

/** Returns each command with its exit code and the end of its output. */
export const execLines = (execs: readonly ExecReport[]): string[] => execs.flatMap(linesOf)

// ---

const linesOf = (exec: ExecReport): string[] => {
  const { at, service, argv, exit, ms, stdout, stderr, blobs, error } = exec
  const failed = error !== undefined || exit === undefined || exit !== 0
  const outcome = [
    exit === undefined ? 'no exit code' : `exit ${exit}`,
    ...(ms === undefined ? [] : [durationText(ms)]),
    ...(error === undefined ? [] : [plainText(error.message, 200)]),
  ]
  const most = shownOf[failed ? 'failed' : 'done']
  return [
    `${offsetText(at)}  ${service}$ ${plainText(argv.map(word).join(' '), 300)}  (${outcome.join(', ')})`,
    ...tail('stdout', stdout, most, blobs?.stdout?.sha256),
    ...tail('stderr', stderr, most, blobs?.stderr?.sha256),
  ]
}

const word = (text: string): string => {
  const line = text.replaceAll('\n', '\\n')
  return /^[\w@%+=:,./-]+$/.test(line) ? line : `'${line.replaceAll("'", `'\\''`)}'`
}

const tail = (name: string, output: string, most: number, blob: string | undefined): string[] => {
  const lines = output.trimEnd().split('\n')
  if (output.trim() === '') return []
  const shown = lines.slice(-most)
  const notes = [
    ...(blob === undefined ? [] : [`the beginning of it; all is in blob/${blob}`]),
    ...(shown.length < lines.length ? [`last ${shown.length} of ${lines.length} lines`] : []),
  ]
  return [
    ...(notes.length === 0 ? [] : [`        ${name}, ${notes.join('; ')}:`]),
    ...shown.map((line) => `        ${name} | ${plainText(line, 300)}`),
  ]
}
