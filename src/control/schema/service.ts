import { z } from 'zod'
import type { MarkedOverrides } from '../../model/lane-change.ts'
import { argumentFault, envKeyFault, envValueFault } from '../../model/program-text.ts'
import { isSignal } from '../../model/signal.ts'
import { strict } from '../../schema/strict.ts'
import { innerPath, string } from '../../schema/values.ts'
import { named, timeoutMs } from './registry.ts'

/** Body of `POST /v1/services/{name}/exec`. */
export interface ExecBody {
  readonly argv?: readonly string[] | undefined
  readonly command?: string | undefined
  readonly args?: readonly unknown[] | undefined
  readonly user?: string | undefined
  readonly cwd?: string | undefined
  readonly env?: Readonly<Record<string, string>> | undefined
  readonly stdin?: string | undefined
  readonly timeoutMs?: number | undefined
}

/** Answer of `POST /v1/services/{name}/exec`. */
export interface ExecAnswer {
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
  readonly durationMs: number
  readonly truncated?: { readonly stdout: boolean; readonly stderr: boolean }
}

/** Query of the routes that change an environment. */
export interface EnvQuery {
  readonly restart?: 'self' | 'dependents' | undefined
  readonly timeoutMs?: string | undefined
}

const argument = string.refine((text) => argumentFault(text) === undefined, {
  error: ({ input }) => argumentFault(String(input)) ?? 'is not valid',
})

const envKey = string.refine((key) => envKeyFault(key) === undefined, {
  error: ({ input }) => envKeyFault(String(input)) ?? 'is not valid',
})

const envValue = z.string().refine((value) => envValueFault('', value) === undefined, {
  error: ({ input }) => envValueFault('', String(input)) ?? 'is not valid',
})

export const execBody = named(
  'Exec',
  strict<ExecBody>({
    argv: z
      .array(argument)
      .min(1, 'must name a program')
      .describe('Program and arguments, one string each; no shell.')
      .optional(),
    command: string
      .min(1, 'must name a command')
      .describe('A named command of the service, instead of argv.')
      .optional(),
    args: z
      .array(z.unknown())
      .describe('Arguments of the command: strings, numbers, arrays, then an object of options.')
      .optional(),
    user: string.describe('User or uid:gid; default that of the service.').optional(),
    cwd: innerPath.describe('Working folder; default that of the service.').optional(),
    env: z
      .record(envKey, envValue)
      .describe('Environment variables in addition to those of the service.')
      .optional(),
    stdin: z.string().describe('Written to its stdin, which is then closed.').optional(),
    timeoutMs: timeoutMs.describe('Milliseconds, then it is killed; default 30000.').optional(),
  }).superRefine(({ argv, command, args }, context) => {
    const add = (message: string) => context.addIssue({ code: 'custom', message })
    if (argv === undefined && command === undefined) add('must have argv or command')
    if (argv !== undefined && command !== undefined) add('must not have both argv and command')
    if (argv !== undefined && args !== undefined) add('must not have args with argv: append them')
  }),
)

export const execAnswer = named(
  'ExecResult',
  strict<ExecAnswer>({
    exitCode: z.int(),
    stdout: z.string().describe('UTF-8, at most 10 MiB.'),
    stderr: z.string().describe('UTF-8, at most 10 MiB.'),
    durationMs: z.number(),
    truncated: strict<{ stdout: boolean; stderr: boolean }>({
      stdout: z.boolean(),
      stderr: z.boolean(),
    })
      .describe('Which stream was longer than 10 MiB, so that its end is missing.')
      .optional(),
  }),
)

const secret = strict<{ readonly secret: string }>(
  { secret: envValue },
  { form: 'a string, a number, true, false, null or { "secret": "…" }' },
).describe('A value that is hidden in records and errors.')

/** Body of `PUT` and `PATCH` of an environment. */
export const envBody = named(
  'Env',
  z
    .record(
      envKey,
      z.union([envValue, z.number(), z.boolean(), z.null(), secret], {
        error: 'must be a string, a number, true, false, null or { "secret": "…" }',
      }),
    )
    .describe('Variables by name; null unsets a variable.'),
)

/** Returns the body of a change of an environment with its values as strings. */
export const overridesIn = (body: z.output<typeof envBody>): MarkedOverrides =>
  Object.fromEntries(
    Object.entries(body).map(([key, value]) => [
      key,
      typeof value === 'number' || typeof value === 'boolean' ? String(value) : value,
    ]),
  )

/** Milliseconds as a parameter of the query. */
export const msInQuery = z
  .string()
  .regex(/^[1-9]\d{0,8}$/, 'must be a number of milliseconds from 1 to 999999999')

export const envQuery = strict<EnvQuery>({
  restart: z
    .enum(['self', 'dependents'])
    .describe('dependents: also restarts the services that depend on it; default self.')
    .optional(),
  timeoutMs: msInQuery.describe('Milliseconds that the request waits.').optional(),
})

export const waitBody = named(
  'Wait',
  strict<{ timeoutMs?: number | undefined }>({ timeoutMs: timeoutMs.optional() }),
)

export const waitQuery = strict<{ timeoutMs?: string | undefined }>({
  timeoutMs: msInQuery.describe('Milliseconds that the request waits.').optional(),
})

const graceMs = z.number().min(0, 'must not be negative')

export const stopBody = named(
  'Stop',
  strict<{ graceMs?: number | undefined; timeoutMs?: number | undefined }>({
    graceMs: graceMs.describe('Milliseconds between SIGTERM and SIGKILL.').optional(),
    timeoutMs: timeoutMs.optional(),
  }),
)

export const killBody = named(
  'Kill',
  strict<{ signal?: string | undefined; timeoutMs?: number | undefined }>({
    signal: z
      .string()
      .refine(isSignal, 'must be the name of a signal, such as "SIGTERM"')
      .describe('Default SIGKILL.')
      .optional(),
    timeoutMs: timeoutMs.optional(),
  }),
)
