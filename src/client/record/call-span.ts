import { types } from 'node:util'
import type { CallOrigin, CauseFields } from '../../call/call.ts'
import { failureOf } from '../../errors/outcome.ts'
import { callStatusOf } from '../../trace/event/call-status.ts'
import { now } from '../../trace/event/clock.ts'
import type { Spans } from '../../trace/event/event.ts'
import { shownArguments } from '../../trace/write/shown-arguments.ts'
import type { TestRecord } from './test-record.ts'

/** What a call span records about its call. */
export interface ActOptions {
  readonly service?: string | undefined
  /** As the test gave them; secrets and long values are cut in the record. */
  readonly args?: readonly unknown[] | undefined
  /** Request that the call sends. */
  readonly http?: Spans['call']['start']['http']
  /** Returns what the end of the span has of the result. */
  readonly outcome?: (result: unknown) => Pick<Spans['call']['end'], 'http'>
}

/** Runs `work` as a call span: its start, its end with duration and outcome, and all calls that it makes inside. */
export const spanned = <T>(
  record: TestRecord,
  called: ActOptions & { readonly lane?: string; readonly method: string },
  work: () => T,
): T => {
  const { lane, service, method, args, http, outcome } = called
  const start = now()
  const shown = shownArguments(args ?? [], record.redactor)
  const span = record.events.span('call', {
    ...parentOf(record),
    ...(lane === undefined ? {} : { l: lane }),
    ...(service === undefined ? {} : { s: service }),
    method,
    ...(shown.length === 0 ? {} : { args: shown }),
    ...(http === undefined ? {} : { http: shownObject(http, record.redactor) }),
  })
  const ended = record.calls.begin({
    id: span.id,
    parent: record.span,
    test: record.test,
    method,
    service,
    args: http === undefined ? shown : [`${http.method} ${http.path}`],
  })
  const ms = () => Math.round((now() - start) * 1000) / 1000
  const done = <R>(result: R): R => {
    ended('done')
    span.end({ status: 'done', ms: ms(), ...outcome?.(result) })
    return result
  }
  const failed = (error: unknown): never => {
    ended('failed')
    const failure = failureOf(error)
    span.end({ status: callStatusOf(failure, error), ms: ms(), error: failure })
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

const shownObject = <T extends object>(value: T, redactor: TestRecord['redactor']): T =>
  shownArguments([value], redactor)[0] as T

const isPromise = (value: unknown): value is Promise<unknown> => types.isPromise(value)
