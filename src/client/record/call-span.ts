import type { CallOrigin, CauseFields } from '../../call/call.ts'
import { failureOf } from '../../errors/outcome.ts'
import type { Spans } from '../../trace/event/event.ts'
import { shownArguments } from './shown-arguments.ts'
import type { TestRecord } from './test-record.ts'

/** What a call span records about its call. */
export interface ActOptions {
  readonly service?: string | undefined
  /** As the test gave them; secrets and long values are cut in the record. */
  readonly args?: readonly unknown[] | undefined
}

/** Runs `work` as a call span: its start, its end with duration and outcome, and all calls that it makes inside. */
export const spanned = <T>(
  record: TestRecord,
  called: ActOptions & { readonly lane?: string; readonly method: string },
  work: () => T,
): T => {
  const { lane, service, method, args } = called
  const start = performance.now()
  const shown = shownArguments(args ?? [], record.redactor)
  const span = record.events.span('call', {
    ...parentOf(record),
    ...(lane === undefined ? {} : { l: lane }),
    ...(service === undefined ? {} : { s: service }),
    method,
    ...(shown.length === 0 ? {} : { args: shown }),
  })
  const ms = () => Math.round((performance.now() - start) * 1000) / 1000
  const done = <R>(result: R): R => {
    span.end({ status: 'done', ms: ms() })
    return result
  }
  const failed = (error: unknown): never => {
    const failure = failureOf(error)
    span.end({ status: statusOf(failure), ms: ms(), error: failure })
    throw error
  }
  let result: T
  try {
    result = record.inside(span.id, work)
  } catch (error) {
    return failed(error)
  }
  return isPromise(result) ? (result.then(done, failed) as T) : done(result)
}

/** Returns the current test and span, for the supervisor. */
export const originOf = ({ test, span }: TestRecord): Pick<CallOrigin, 'test' | 'span'> => ({
  ...(test === undefined ? {} : { test }),
  ...(span === undefined ? {} : { span }),
})

/** Returns the same as fields of an entry. */
export const parentOf = ({ test, span }: TestRecord): CauseFields => ({
  ...(test === undefined ? {} : { x: test }),
  ...(span === undefined ? {} : { p: span }),
})

// ---

const statusOf = ({ code }: { readonly code?: string }): Spans['call']['end']['status'] =>
  code === 'ABORTED' ? 'aborted' : code?.endsWith('TIMEOUT') ? 'timeout' : 'failed'

const isPromise = (value: unknown): value is Promise<unknown> => value instanceof Promise
