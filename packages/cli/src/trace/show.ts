import {
  type AttemptReport,
  attemptMarkdown,
  isFailedTest,
  listTests,
  reportAddress,
  showAttempt,
  showFailed,
} from 'mesocosm/operate'
import { type Io, UsageError } from '../command.ts'
import { integer } from '../parse.ts'
import { projectOf } from '../project.ts'
import { wantsColor } from '../tree/screen.ts'
import { testsText } from './tests-text.ts'

/** Options of `trace show`. */
export interface ShowOptions {
  readonly topology?: string | undefined
  readonly run?: string | undefined
  readonly failed?: boolean | undefined
  readonly lines?: string | undefined
  readonly json?: boolean | undefined
}

/** Failed tests that are printed as text at once; one cause often fails many. */
const atOnce = 10

/** Prints what a test did, or the tests of a run; returns the exit code. */
export const show = async (
  positionals: readonly string[],
  options: ShowOptions,
  io: Io,
): Promise<number> => {
  const [test, extra] = positionals
  if (extra !== undefined)
    throw new UsageError(`unexpected argument "${extra}"; quote a title that has blanks`)
  const { failed = false, json = false, run } = options
  const maxLines = integer('--lines', options.lines, 100)
  const { root } = await projectOf(options, io)
  const choice = { run, cwd: io.cwd }
  const print = (value: unknown) => io.stdout.write(`${JSON.stringify(value, undefined, 2)}\n`)
  const markdown = (report: AttemptReport, folder: string) =>
    attemptMarkdown(report, {
      ...(maxLines === undefined ? {} : { maxLines }),
      ...reportAddress(folder, report),
    })
  if (test !== undefined) {
    const { report, facts } = await showAttempt(root, test, choice)
    if (json) print({ folder: facts.folder, ...report })
    else io.stdout.write(markdown(report, facts.folder))
    return 0
  }
  if (!failed) {
    const listed = await listTests(root, choice)
    const look = { color: wantsColor(io.stdout), terse: io.agent }
    if (json) print(listed)
    else io.stdout.write(`${testsText(listed, look).join('\n')}\n`)
    return 0
  }
  const { listed, reports } = await showFailed(root, json ? choice : { ...choice, atMost: atOnce })
  if (json) print({ ...listed, tests: reports })
  else if (reports.length === 0) io.stdout.write('no test failed\n')
  else {
    const left = listed.tests.filter(isFailedTest).length - reports.length
    const pages = reports.map((report) => markdown(report, listed.folder))
    const more =
      left === 0 ? [] : [`${left} more failed tests: \`mesocosm trace show\` lists them\n`]
    io.stdout.write([...pages, ...more].join('\n---\n\n'))
  }
  return 0
}
