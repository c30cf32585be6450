import type { ReadLine } from 'mesocosm/operate'
import { painted } from '../tree/style.ts'

/** How log lines are printed. */
export interface LineLook {
  readonly json: boolean
  /** Only one service was asked for, so its name is not printed. */
  readonly oneService: boolean
  /** Lines of several lanes are mixed, so their names are printed. */
  readonly manyLanes: boolean
  readonly color: boolean
}

/** Returns what makes a line of output from a log line, without the line feed. */
export const lineWriter = ({
  json,
  oneService,
  manyLanes,
  color,
}: LineLook): ((line: ReadLine) => string) => {
  if (json) return (line) => JSON.stringify(line)
  return ({ text, service, lane }) => {
    const name = [...(manyLanes ? [lane] : []), ...(oneService ? [] : [service])].join(' ')
    return name === '' ? text : `${color ? painted(name, 'cyan') : name} | ${text}`
  }
}
