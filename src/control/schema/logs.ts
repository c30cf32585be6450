import { z } from 'zod'
import type { LogLine } from '../../model/log-line.ts'
import { strict } from '../../schema/strict.ts'
import { named, timeoutMs } from './registry.ts'
import { mark } from './views.ts'

/** One line of a log. */
export interface LineAnswer extends LogLine {
  readonly mark: number
}

/** Query of `GET /v1/services/{name}/logs`. */
export interface LogsQuery {
  readonly since?: string | undefined
  readonly follow?: '0' | '1' | 'false' | 'true' | undefined
}

/** Body of `POST /v1/services/{name}/logs/wait`. */
export interface LogWaitBody {
  readonly text?: string | undefined
  readonly pattern?: string | undefined
  readonly flags?: string | undefined
  readonly since?: number | string | undefined
  readonly timeoutMs?: number | undefined
}

export const lineAnswer = named(
  'LogLine',
  strict<LineAnswer>({
    mark,
    time: z.number().describe('Milliseconds since 1970, with fractions.'),
    text: z.string(),
    stream: z.enum(['stdout', 'stderr']),
    service: z.string(),
    cut: z.literal(true).describe('The line goes on in the next one of its stream.').optional(),
    partial: z.literal(true).describe('The line has no end yet.').optional(),
    gap: z.literal(true).describe('No output: the text says what is missing here.').optional(),
  }),
)

const sinceText = z
  .string()
  .regex(
    /^(\d{1,15}|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d))$/,
    'must be a mark, or a time such as "2026-01-31T12:00:00.000Z"',
  )

const sinceMeaning =
  'A mark, for the lines after it, or a time (RFC 3339). Default: the start of the running test, else of the lease; 0: of the lease.'

export const logsQuery = strict<LogsQuery>({
  since: sinceText.describe(sinceMeaning).optional(),
  follow: z
    .enum(['0', '1', 'false', 'true'])
    .describe('1: goes on with new lines until the client disconnects or the lane ends.')
    .optional(),
})

export const logWaitBody = named(
  'LogWait',
  strict<LogWaitBody>({
    text: z
      .string()
      .min(1, 'must not be empty')
      .describe('Text that the line contains.')
      .optional(),
    pattern: z
      .string()
      .min(1, 'must not be empty')
      .describe('Regular expression of ECMAScript that the line matches, instead of text.')
      .optional(),
    flags: z
      .string()
      .regex(/^[imsuv]*$/, 'must be some of the flags i, m, s, u and v')
      .describe('Flags of the pattern.')
      .optional(),
    since: z.union([mark, sinceText]).describe(sinceMeaning).optional(),
    timeoutMs: timeoutMs.describe('Milliseconds; default 10000.').optional(),
  }).superRefine(({ text, pattern, flags }, context) => {
    const add = (message: string, path: string[] = []) =>
      context.addIssue({ code: 'custom', message, path })
    if (text === undefined && pattern === undefined) add('must have text or pattern')
    if (text !== undefined && pattern !== undefined) add('must not have both text and pattern')
    if (pattern === undefined) {
      if (flags !== undefined) add('is only for a pattern', ['flags'])
      return
    }
    try {
      new RegExp(pattern, flags)
    } catch (error) {
      add(`is not a regular expression: ${(error as Error).message}`, ['pattern'])
    }
  }),
)
