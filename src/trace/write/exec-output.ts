import type { Spans } from '../event/event.ts'
import type { RunRecord } from './run-record.ts'

type ExecEnd = Spans['exec']['end']

/** Output up to this many characters goes into the entry itself. */
const inlineOutput = 8 * 1024

/** Returns what `exec.end` keeps of a command's output: its beginning, and a reference to the whole if it is longer. */
export const outputOf = (
  record: Pick<RunRecord, 'blob' | 'redact'>,
  output: { readonly stdout: string; readonly stderr: string },
): Pick<ExecEnd, 'stdout' | 'stderr' | 'blobs'> => {
  const stdout = kept(record, output.stdout)
  const stderr = kept(record, output.stderr)
  const blobs = {
    ...(stdout.blob === undefined ? {} : { stdout: stdout.blob }),
    ...(stderr.blob === undefined ? {} : { stderr: stderr.blob }),
  }
  return {
    stdout: stdout.text,
    stderr: stderr.text,
    ...(Object.keys(blobs).length === 0 ? {} : { blobs }),
  }
}

// ---

const kept = ({ blob, redact }: Pick<RunRecord, 'blob' | 'redact'>, text: string) =>
  text.length <= inlineOutput
    ? { text, blob: undefined }
    : // Redact before cutting: half a secret at the end would not be recognised.
      { text: redact(text).slice(0, inlineOutput), blob: blob(text) }
