import { z } from 'zod'
import { MesocosmError } from '../errors/mesocosm-error.ts'
import { cliKinds } from '../model/cli.ts'
import { isRecord } from '../model/record.ts'
import type { ServiceSpec, TopologySpec } from '../model/service-spec.ts'
import { isSignal } from '../model/signal.ts'
import type { MethodName, ParamsOf } from './methods.ts'

/** Returns the parameters of a call, checked. Throws `PROTOCOL` with all faults. For the supervisor alone. */
export const readParams = <M extends MethodName>(method: M, params: unknown): ParamsOf<M> => {
  const result = validators[method].safeParse(params)
  if (result.success) return params as ParamsOf<M>
  throw new MesocosmError({
    code: 'PROTOCOL',
    message: `${method} was called with invalid parameters`,
    remedy: 'use the client of the same version of mesocosm',
    facts: { method },
    details: result.error.issues.map(
      ({ path, message }) => `${path.map(String).join('.') || 'params'}: ${message}`,
    ),
  })
}

/** Returns the origin of a call; `undefined` if it is malformed. */
export const readOrigin = (from: unknown): z.infer<typeof origin> =>
  origin.safeParse(from ?? {}).data ?? {}

// ---

const string = z.string({ error: 'must be a string' })
const flag = z.boolean({ error: 'must be true or false' })
const milliseconds = z
  .number({ error: 'must be a number of milliseconds' })
  .nonnegative({ error: 'must not be negative' })
const names = z.array(string, { error: 'must be an array of service names' })
const depth = z.enum(['light', 'deep'], { error: 'must be "light" or "deep"' })
const env = z.record(
  string,
  z.union([string, z.null(), z.object({ secret: string })], {
    error: 'must be a string, a secret or null',
  }),
)
/** Its content has a validator of its own, which reports all faults of a topology. */
const data = <T>() => z.custom<T>(isRecord, { error: 'must be an object' })

const lane = { lane: string }
const at = { lane: string, service: string }

const signal = z.custom<`SIG${string}`>(isSignal, { error: 'must be the name of a signal' })

const request = z.object({
  argv: z.array(string).nonempty({ error: 'must name a program' }),
  user: string.optional(),
  cwd: string.optional(),
  env: z.record(string, string).optional(),
  stdin: string.optional(),
})

const command = z
  .object({
    image: string.optional(),
    service: string.optional(),
    argv: z.array(string),
    user: string,
    cwd: string,
    folders: z.array(string),
    env: z.record(string, string),
    terminal: flag,
  })
  .refine(({ image, service }) => (image === undefined) !== (service === undefined), {
    error: 'must have either an image or a service',
  })
const portNumber = z.int().min(1).max(65_535, { error: 'must be a port number' })
const commands = z.object({
  cli: z
    .object({ argv: z.array(string).min(1), kind: z.enum(cliKinds).exactOptional() })
    .optional(),
  fixed: z.record(string, z.array(string).min(1)).optional(),
  computed: z.array(string).optional(),
})

const origin = z.object({
  test: string.optional(),
  span: string.optional(),
  what: string.optional(),
  remainingMs: milliseconds.optional(),
})

/** One entry per method of `Methods`; the types fail where they differ. */
const validators: { readonly [M in MethodName]: Validator<ParamsOf<M>> } = {
  challenge: z.object({ version: z.number(), nonce: string }),
  hello: z.object({
    proof: string,
    client: string,
    pid: z.number(),
    observer: flag.optional(),
    debugged: flag.optional(),
  }),
  beat: z.object({ over: flag.optional() }),
  lease: z.object({
    spec: data<TopologySpec>(),
    key: string.optional(),
    slot: string.optional(),
    reset: z.enum(['light', 'deep', 'none']).optional(),
    services: names.optional(),
    workers: z.int().positive().optional(),
    maxWorkers: z.int().positive().optional(),
    debug: names.optional(),
    local: names.optional(),
    trace: z.enum(['on', 'retain-on-failure', 'off']).optional(),
  }),
  take: z.object(lane),
  keepLane: z.object({
    ...lane,
    test: string,
    title: string,
    file: string.optional(),
    forMs: milliseconds,
    atMost: z.int().nonnegative(),
  }),
  unkeepLane: z.object(lane),
  removeKept: z.object({ lanes: names.optional() }),
  baseline: z.object(lane),
  images: z.object({ spec: data<TopologySpec>(), services: names.optional() }),
  start: z.object({ ...lane, services: names.optional() }),
  release: z.object({ ...lane, dirty: depth }),
  reset: z.object({ ...lane, level: depth }),
  setEnv: z.object({ ...at, patch: env, stacked: flag, dependents: flag }),
  dropEnv: z.object({ ...at, id: z.number(), dependents: flag }),
  debugPort: z.object({ ...at, port: portNumber.optional() }),
  debug: z.object({ ...at, break: flag }),
  endDebug: z.object({ ...at, id: z.number() }),
  debugForRun: z.object({ ...at, debug: z.enum(['on', 'break', 'off']) }),
  swap: z.object({
    ...at,
    command: z.array(string).nonempty({ error: 'must name a program' }).optional(),
    cwd: string.optional(),
  }),
  unswap: z.object({ ...at, id: z.number() }),
  restart: z.object({ ...at, graceMs: milliseconds.optional() }),
  stop: z.object({ ...at, graceMs: milliseconds.optional() }),
  startService: z.object(at),
  kill: z.object({ ...at, signal }),
  pause: z.object({ ...at, paused: flag }),
  attach: z.object({ ...at, connected: flag }),
  add: z.object({ ...lane, name: string, service: data<ServiceSpec>() }),
  remove: z.object(at),
  listen: z.object({
    ...at,
    port: string.optional(),
    to: portNumber,
  }),
  unlisten: z.object({ ...lane, id: z.number() }),
  command: z.object({ ...lane, request: command }),
  control: z.object({
    ...lane,
    network: flag.optional(),
    commands: z.record(string, commands).optional(),
  }),
  exec: z.object({ ...at, request, timeoutMs: milliseconds }),
  watchLogs: z.object(at),
  ps: z.object({}),
  report: z.object({}),
  plan: z.object({ spec: data<TopologySpec>() }),
  watch: z.object({}),
  watchWarnings: z.object({}),
  keep: z.object({ keep: flag }),
  down: z.object({}),
}

/** Optional keys may be `undefined` here and are absent on the wire. */
interface Validator<T> {
  safeParse(
    params: unknown,
  ):
    | { readonly success: true; readonly data: Loose<T> }
    | { readonly success: false; readonly error: z.ZodError }
}

type Loose<T> = T extends readonly unknown[] | string | number | boolean | null
  ? T
  : {
      readonly [K in keyof T]: undefined extends T[K]
        ? T[K] | undefined
        : K extends 'request'
          ? Loose<T[K]>
          : T[K]
    }
