import { isSharedLane } from '../../trace/read/attribute/lanes-of-tests.ts'
import type { AttemptReport, EnvDiff, ServiceLog, StateReport } from '../attempt/attempt-report.ts'
import { plainText } from '../plain-text.ts'
import { execLines } from './execs.ts'
import type { Section } from './section.ts'
import { durationText, offsetText } from './time.ts'
import { timelineLines } from './timeline.ts'

/** Returns the parts of the markdown, the most useful first. */
export const sectionsOf = (report: AttemptReport): Section[] => {
  const timeline = timelineLines(report.timeline)
  return [
    {
      title: 'Error',
      code: 'text',
      lines: errorLines(report),
      keep: 'first',
      least: 12,
    },
    {
      title: 'Error-level log lines',
      code: 'text',
      lines: report.logs.flatMap(({ service, lastErrors }) =>
        lastErrors.map((line) => logLine(service, line)),
      ),
      keep: 'last',
      least: 15,
      more: `\`mesocosm logs --level error --test '${report.test}'\``,
    },
    {
      title: 'What happened',
      code: 'text',
      ...timeline,
      keep: 'both',
      least: 25,
    },
    {
      title: 'Changes of environments',
      code: 'diff',
      lines: report.env.flatMap(diffLines),
      keep: 'last',
      least: 8,
    },
    {
      title: 'Commands',
      code: 'text',
      lines: execLines(report.execs),
      keep: 'last',
      least: 8,
    },
    {
      title: 'States of services at the end',
      code: 'text',
      lines: report.states.map(stateLine),
      keep: 'first',
      least: 8,
    },
    {
      title: 'Mails and objects',
      code: 'text',
      lines: report.captured.map(
        ({ at, service, summary }) =>
          `${offsetText(at)}  ${service}  ${plainText(summary, 200).replaceAll('\n', ' ')}`,
      ),
      keep: 'last',
      least: 5,
    },
    {
      title: 'Slow and failed spans',
      code: 'text',
      lines: report.spans.map(
        ({ at, ms, service, name, status, error }) =>
          `${offsetText(at)}  ${service}  ${plainText(name, 160)}  ${durationText(ms)}${
            status === 'failed'
              ? `  failed${error === undefined ? '' : `: ${plainText(error.message, 160)}`}`
              : ''
          }`,
      ),
      keep: 'last',
      least: 5,
    },
    {
      title: 'Last log lines',
      code: 'text',
      lines: report.logs.flatMap(lastLines),
      keep: 'last',
      least: 12,
      more: `\`mesocosm logs --test '${report.test}'\``,
    },
  ]
}

// ---

const errorLines = ({ error }: AttemptReport): string[] =>
  error === undefined ? [] : linesIn(error)

/** A text of any length as lines of a bearable one. */
const linesIn = (text: string): string[] =>
  plainText(text, 8_000)
    .trimEnd()
    .split('\n')
    .map((line) => plainText(line, 400))

const logLine = (service: string, { at, text, how }: ServiceLog['last'][number]): string => {
  const doubt = how === 'window' || how === 'gap' ? '?' : ' '
  return `${offsetText(at)}${doubt} ${service} | ${plainText(text, 400).replaceAll('\n', ' ')}`
}

/** What is shown as an error already is not repeated, unless it is the last that the service wrote. */
const lastLines = ({ service, lines, last }: ServiceLog): string[] => {
  const shown = last.slice(-8)
  const note =
    lines > shown.length ? [`        ${service}: last ${shown.length} of ${lines} lines`] : []
  return [...note, ...shown.map((line) => logLine(service, line))]
}

const diffLines = ({ at, service, changes }: EnvDiff): string[] => [
  `@@ ${service} at ${offsetText(at)} @@`,
  ...changes.flatMap(({ key, from, to }) => [
    ...(from === null ? [] : [`-${key}=${plainText(from, 200).replaceAll('\n', '\\n')}`]),
    ...(to === null ? [] : [`+${key}=${plainText(to, 200).replaceAll('\n', '\\n')}`]),
  ]),
]

const stateLine = ({ service, lane, state, healthy, exitCode, by, at }: StateReport): string => {
  const parts = [
    `${service}${isSharedLane(lane) ? ' (shared)' : ''}: ${state}`,
    ...(healthy === undefined ? [] : [healthy ? 'healthy' : 'unhealthy']),
    ...(exitCode === undefined ? [] : [`code ${exitCode}`]),
    ...(by === undefined ? [] : [`by ${by}`]),
    at < 0 ? 'since before the test' : `since ${offsetText(at)}`,
  ]
  return parts.join(', ')
}
