import type { ExecResult } from '../../model/exec.ts'
import type { Spans } from '../event/event.ts'
import type { RunRecord } from './run-record.ts'

type ExecEnd = Spans['exec']['end']

/** Output up to this many characters goes into the entry itself. */
const inlineOutput = 8 * 1024

/** Returns what `exec.end` keeps of a command's output: its beginning, and a reference to the whole if it is longer. */
export const outputOf = (
  record: Kept,
  output: Pick<ExecResult, 'stdout' | 'stderr' | 'truncated'>,
): Pick<ExecEnd, 'stdout' | 'stderr' | 'blobs' | 'truncated'> => {
  const { truncated } = output
  const stdout = kept(record, output.stdout, truncated?.stdout)
  const stderr = kept(record, output.stderr, truncated?.stderr)
  const blobs = {
    ...(stdout.blob === undefined ? {} : { stdout: stdout.blob }),
    ...(stderr.blob === undefined ? {} : { stderr: stderr.blob }),
  }
  return {
    stdout: stdout.text,
    stderr: stderr.text,
    ...(truncated === undefined ? {} : { truncated }),
    ...(Object.keys(blobs).length === 0 ? {} : { blobs }),
  }
}

// ---

type Kept = Pick<RunRecord, 'blob' | 'redactor'>

const kept = ({ blob, redactor }: Kept, text: string, truncated = false) => {
  if (text.length <= inlineOutput) return { text, blob: undefined }
  // Redact before cutting, since half a secret at the end would not be recognised; the engine's limit may have cut one.
  const shown = truncated ? redactor.unfinished(text) : redactor.text(text)
  return { text: shown.slice(0, inlineOutput), blob: blob(shown) }
}
