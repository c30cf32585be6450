import { z } from 'zod'
import { debugKinds } from '../../model/service-spec.ts'
import { strict } from '../../schema/strict.ts'
import { named, timeoutMs } from './registry.ts'

/** Body of `PUT /v1/services/{name}/debug`. */
export interface DebugBody {
  readonly break?: boolean | undefined
  readonly port?: number | undefined
  readonly timeoutMs?: number | undefined
}

export const debugBody = named(
  'Debug',
  strict<DebugBody>({
    break: z
      .boolean()
      .describe('Starts it again, so that it waits at its first line; default false.')
      .optional(),
    port: z
      .number()
      .int('must be a port number')
      .min(1, 'must be at least 1')
      .max(65_535, 'must be at most 65535')
      .describe('Port of the machine of the tests; default the usual one of the language.')
      .optional(),
    timeoutMs: timeoutMs.optional(),
  }),
)

export const debugAnswer = named(
  'Debugged',
  z.object({
    lane: z.string(),
    service: z.string(),
    kind: z.enum(debugKinds).describe('Language; absent if the topology names none.').optional(),
    host: z.string().describe('Always 127.0.0.1.'),
    port: z.int().describe('Where debuggers connect; for PHP, where the IDE listens.'),
    sources: z
      .object({ local: z.string(), remote: z.string() })
      .describe('Folder of its sources on the machine of the tests, and in the service.')
      .optional(),
    attach: z.record(z.string(), z.string()).describe('How to attach, by the name of the tool.'),
  }),
)
