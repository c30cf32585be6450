import { type Call, causeOf } from '../../call/call.ts'
import { failureOf } from '../../errors/outcome.ts'
import type { ExecRequest, ExecResult } from '../../model/exec.ts'
import { outputOf } from '../../trace/write/exec-output.ts'
import type { Lane } from '../lane/lane.ts'
import type { EngineContext } from './context.ts'

/** Runs a program in a service as a span of the record, with the beginning of its output. Throws as `Lane.exec`. */
export const execRecorded = async (
  { record }: Pick<EngineContext, 'record'>,
  lane: Lane,
  service: string,
  request: ExecRequest,
  { call, timeoutMs }: { readonly call: Call; readonly timeoutMs: number },
): Promise<ExecResult> => {
  const { stdin: _, ...shown } = request
  const span = record.events.span('exec', { ...causeOf(call), l: lane.name, s: service, ...shown })
  try {
    const result = await lane.exec(service, request, { timeoutMs, signal: call.signal })
    span.end({ exit: result.exitCode, ms: result.durationMs, ...outputOf(record, result) })
    return result
  } catch (error) {
    span.end({ error: failureOf(error) })
    throw error
  }
}
