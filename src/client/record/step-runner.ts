import type { TestRecord } from './test-record.ts'

/**
 * Runs `work` as a step of a test runner, with a title for people, and returns and throws what it does. Steps that
 * begin in `work` are inside of it. Where no test runs, it only calls `work`.
 */
export type StepRunner = <T>(title: string, work: () => Promise<T>) => Promise<T>

/** Runs `work` as a step, if the record's runner has steps; the title is made only then. */
export const inStep = <T>(
  { steps }: Pick<TestRecord, 'steps'>,
  title: () => string,
  work: () => Promise<T>,
): Promise<T> => (steps === undefined ? work() : steps(title(), work))
