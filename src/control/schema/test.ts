import { z } from 'zod'
import type { ResetDepth } from '../../model/lane-change.ts'
import { strict } from '../../schema/strict.ts'
import { string } from '../../schema/values.ts'
import { named, timeoutMs } from './registry.ts'

/** Body of `POST /v1/tests`. */
export interface TestBegin {
  readonly file: string
  readonly titlePath: readonly string[]
  readonly project?: string | undefined
  readonly retry?: number | undefined
  readonly reset?: ResetDepth | 'none' | undefined
  readonly timeoutMs?: number | undefined
}

/** Body of `PATCH /v1/tests/{id}`. */
export interface TestEnd {
  readonly status: 'passed' | 'failed' | 'skipped'
  readonly error?: string | undefined
}

export const testBegin = named(
  'TestBegin',
  strict<TestBegin>({
    file: string.min(1, 'must name the file of the test'),
    titlePath: z
      .array(string)
      .min(1, 'must have at least the title of the test')
      .describe('Titles of the suites, outermost first, then that of the test.'),
    project: string.describe('Project of the runner; default none.').optional(),
    retry: z
      .int()
      .min(0, 'must not be negative')
      .describe('Number of earlier attempts; default how often this lane has run the test.')
      .optional(),
    reset: z
      .enum(['none', 'light', 'deep'])
      .describe('Resets the lane first, as a part of the test; default none.')
      .optional(),
    timeoutMs: timeoutMs.optional(),
  }),
)

export const testEnd = named(
  'TestEnd',
  strict<TestEnd>({
    status: z.enum(['passed', 'failed', 'skipped']),
    error: z.string().describe('Message of the failure, or why it was skipped.').optional(),
  }),
)

export const reset = named(
  'Reset',
  strict<{ level?: ResetDepth | undefined; timeoutMs?: number | undefined }>({
    level: z
      .enum(['light', 'deep'])
      .describe('light: data by the tasks of the services; deep: programs and data made again.')
      .optional(),
    timeoutMs: timeoutMs.optional(),
  }),
)
