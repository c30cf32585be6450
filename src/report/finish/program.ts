import { existsSync } from 'node:fs'
import { setPriority } from 'node:os'
import { parseArgs } from 'node:util'
import { messageOf } from '../../errors/unknown-error.ts'
import type { TraceMode } from '../../model/trace-mode.ts'
import { finishRun, reportSoFar } from './finish-run.ts'

/*
 * The process that writes the report of a run: apart from the supervisor, whose memory and answers it leaves alone.
 */

const { values } = parseArgs({
  options: {
    folder: { type: 'string' },
    mode: { type: 'string' },
    ended: { type: 'boolean', default: false },
  },
})
const folder = values.folder as string
const mode = values.mode as TraceMode

try {
  // Tests may run at the same time.
  if (!values.ended) setPriority(10)
} catch {
  // Not every system allows it.
}
try {
  await (values.ended ? finishRun(folder, mode) : reportSoFar(folder, mode))
} catch (error) {
  // Tests delete their projects.
  if (existsSync(folder)) {
    process.stderr.write(`no report: ${messageOf(error)}\n`)
    process.exitCode = 1
  }
}
