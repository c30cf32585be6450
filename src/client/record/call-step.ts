import { shownArguments } from '../../trace/write/shown-arguments.ts'
import type { ActOptions } from './call-span.ts'
import { callTitle } from './call-title.ts'
import { inStep } from './step-runner.ts'
import type { TestRecord } from './test-record.ts'

/** A call as its step shows it. */
interface Called extends ActOptions {
  readonly method: string
}

/** Runs a call as a step of the test runner; the title has no secrets. */
export const callStep = <T>(
  record: Pick<TestRecord, 'steps' | 'redactor'>,
  { service, method, args = [] }: Called,
  work: () => Promise<T>,
): Promise<T> =>
  inStep(
    record,
    () => callTitle({ method, service, args: shownArguments(args, record.redactor) }),
    work,
  )
