import { z } from 'zod'
import type {
  AllProbe,
  ExecProbe,
  HealthcheckProbe,
  HttpProbe,
  LogProbe,
  ProbeSpec,
  TcpProbe,
} from '../model/probe.ts'
import { strict } from './strict.ts'
import { aboveZero, count, string, stringRecord, strings } from './values.ts'

const intervalMs = aboveZero.optional()
const port = string.optional()

const argv = strings.min(1, 'must name a program')

const byKind = {
  http: strict<HttpProbe>({
    kind: z.literal('http'),
    path: string.startsWith('/', 'must start with "/"'),
    port,
    method: string.optional(),
    status: z.number().optional(),
    headers: stringRecord.optional(),
    body: string.optional(),
    tls: z.boolean().optional(),
    intervalMs,
  }),
  tcp: strict<TcpProbe>({
    kind: z.literal('tcp'),
    port,
    from: z.enum(['inside', 'outside']).optional(),
    intervalMs,
  }),
  log: strict<LogProbe>({
    kind: z.literal('log'),
    pattern: string,
    flags: string.optional(),
    times: count.optional(),
  }),
  exec: strict<ExecProbe>({ kind: z.literal('exec'), argv, intervalMs }),
  healthcheck: strict<HealthcheckProbe>({ kind: z.literal('healthcheck'), intervalMs }),
  all: strict<AllProbe>({
    kind: z.literal('all'),
    probes: z.array(z.lazy((): z.ZodType<ProbeSpec, ProbeSpec> => probeSchema)),
  }),
} satisfies { readonly [K in ProbeSpec['kind']]: z.ZodType<Extract<ProbeSpec, { kind: K }>> }

// `strict` hides that its schemas are objects; the union needs that to pick one by `kind`.
const options = Object.values(byKind) as unknown as readonly [z.ZodObject<{ kind: z.ZodLiteral }>]

/** The shape of a probe. */
export const probeSchema: z.ZodType<ProbeSpec, ProbeSpec> = z.discriminatedUnion('kind', options, {
  error: (issue) =>
    issue.code === 'invalid_union' ? `must be one of ${Object.keys(byKind).join(', ')}` : undefined,
}) as unknown as z.ZodType<ProbeSpec, ProbeSpec>
