import { listRecords, type RunRecordFacts } from 'mesocosm/operate'
import type { Io } from '../command.ts'
import { duration } from '../duration.ts'
import { exactly } from '../parse.ts'
import { projectOf } from '../project.ts'

/** Lists the recorded runs of a project; returns the exit code. */
export const listRuns = async (
  positionals: readonly string[],
  {
    topology,
    json = false,
  }: { readonly topology?: string | undefined; readonly json?: boolean | undefined },
  io: Io,
): Promise<number> => {
  exactly(positionals)
  const { root } = await projectOf({ topology }, io)
  const records = listRecords(root)
  if (json) io.stdout.write(`${JSON.stringify(records, undefined, 2)}\n`)
  else if (records.length === 0) io.stdout.write('no run has left a record\n')
  else io.stdout.write(records.map((record) => `${textOf(record)}\n`).join(''))
  return 0
}

// ---

const textOf = ({ run, status, start, end, report }: RunRecordFacts): string =>
  [
    run,
    status,
    ...(start === undefined || end === undefined ? [] : [duration(end - start)]),
    ...(report ? ['report.html'] : []),
  ].join('  ')
