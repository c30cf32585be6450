import { loadTrace } from '../../trace/load-trace.ts'
import { findRecord, type RunRecordFacts } from './records.ts'
import type { RecordChoice } from './show-attempt.ts'

/**
 * `otlp`: OTLP as JSON, one line with the spans and, if services sent any, one with the log records, as the file receiver
 * of the OpenTelemetry collector reads them; `perfetto`: JSON of Chrome's trace events, which Perfetto opens.
 */
export type ExportFormat = 'otlp' | 'perfetto'

/**
 * Returns a run in the format of another tool.
 *
 * @throws {MesocosmError} `TRACE_NOT_FOUND`
 */
export const exportRun = async (
  root: string,
  format: ExportFormat,
  { run, cwd }: RecordChoice = {},
): Promise<{ readonly text: string; readonly facts: RunRecordFacts }> => {
  const facts = await findRecord(root, run, cwd)
  const trace = loadTrace(facts.folder)
  if (format === 'otlp') {
    const { otlpLogs, otlpTraces } = await import('../../report/export/otlp.ts')
    const logs = otlpLogs(trace)
    const parts = [otlpTraces(trace), ...(logs.resourceLogs.length === 0 ? [] : [logs])]
    return { text: parts.map((part) => JSON.stringify(part)).join('\n'), facts }
  }
  const { perfettoTrace } = await import('../../report/export/perfetto.ts')
  return { text: JSON.stringify(perfettoTrace(trace)), facts }
}
