import type { Trace, TraceNode } from '../../trace/read/trace.ts'

/** Returns the attempts of tests of which no attempt failed or was left unfinished. */
export const passedAttempts = ({ tests }: Trace): TraceNode[] => {
  const failed = new Set(tests.filter(isFailure).map(idOf))
  return tests.filter((test) => !failed.has(idOf(test)))
}

/** Whether an attempt of a test failed, or was left unfinished. */
export const hasFailed = ({ tests }: Trace): boolean => tests.some(isFailure)

// ---

const isFailure = ({ status }: TraceNode): boolean => status !== 'passed' && status !== 'skipped'

/** The id without the number of the attempt. */
const idOf = ({ test = '' }: TraceNode): string => test.replace(/#\d+$/, '')
