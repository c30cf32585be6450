import type { ExecResult } from '../../model/exec.ts'
import type { Spans } from '../event/event.ts'
import { blobsOf, keepText, type TextStore } from './kept-text.ts'

type ExecEnd = Spans['exec']['end']

/** Returns what `exec.end` keeps of a command's output: its beginning, and a reference to the whole if it is longer. */
export const outputOf = (
  record: TextStore,
  output: Pick<ExecResult, 'stdout' | 'stderr' | 'truncated'>,
): Pick<ExecEnd, 'stdout' | 'stderr' | 'blobs' | 'truncated'> => {
  const { truncated } = output
  const stdout = keepText(record, output.stdout, truncated?.stdout)
  const stderr = keepText(record, output.stderr, truncated?.stderr)
  const blobs = blobsOf({ stdout, stderr })
  return {
    stdout: stdout.text,
    stderr: stderr.text,
    ...(truncated === undefined ? {} : { truncated }),
    ...(blobs === undefined ? {} : { blobs }),
  }
}
