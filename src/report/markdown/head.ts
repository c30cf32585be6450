import type { AttemptReport } from '../attempt/attempt-report.ts'
import { plainText } from '../plain-text.ts'
import { durationText } from './time.ts'

/** Returns the first lines: what the test is, how it ended, where, and how to look again. */
export const headOf = (report: AttemptReport, address: string | undefined): string[] => {
  const { titlePath, status, durationMs, file, test, touched } = report
  const title = plainText(titlePath.join(' › '), 300).replaceAll('\n', ' ')
  const again = [
    `mesocosm trace show ${quoted(test)}`,
    ...(report.run === undefined ? [] : [`--run ${report.run}`]),
  ]
  return [
    `# ${title}: ${status} after ${durationText(durationMs)}`,
    '',
    `- file: ${code(file)}`,
    `- attempt: ${code(test)}${attemptsOf(report)}`,
    ...(report.lane === undefined ? ['- lane: none'] : [`- lane: ${code(report.lane)}`]),
    ...(touched.length === 0 ? [] : [`- services it used: ${touched.map(code).join(', ')}`]),
    `- show it again: ${code(again.join(' '))}`,
    ...laneHint(report),
    ...(address === undefined ? [] : [`- report: ${address}`]),
    '',
  ]
}

// ---

const code = (text: string): string => `\`${plainText(text, 300).replaceAll('`', "'")}\``

/** A shell takes `#` after a blank for a comment, but not within a word. */
const quoted = (test: string): string => (/^[\w#-]+$/.test(test) ? test : `'${test}'`)

const attemptsOf = ({ attempts, test, start }: AttemptReport): string => {
  if (attempts.length < 2) return ''
  const others = attempts
    .filter((other) => other.test !== test || other.start !== start)
    .map((other) => `${other.test} ${other.status}`)
  return `; others in this run: ${plainText(others.join(', '), 300)}`
}

const laneHint = ({ status, lane, keptUntil }: AttemptReport): string[] => {
  if (keptUntil !== undefined && lane !== undefined)
    return [
      `- its lane is kept until ${new Date(keptUntil).toISOString()}: \`mesocosm lanes --kept\``,
    ]
  return status === 'failed' || status === 'unfinished'
    ? ['- keep the lane of a failed test: run the tests again with `MESOCOSM_KEEP=failed`']
    : []
}
