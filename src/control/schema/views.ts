import { z } from 'zod'
import type { Outputs } from '../../model/endpoint.ts'
import type { ServiceView } from '../../model/service-view.ts'
import { strict } from '../../schema/strict.ts'
import { named } from './registry.ts'

/** A service as the Control API shows it. */
export interface ServiceAnswer
  extends Pick<
    ServiceView,
    'name' | 'state' | 'forMs' | 'awaits' | 'exitCode' | 'outputs' | 'env'
  > {
  /** Outputs with addresses that work on the lane's network. */
  readonly networkOutputs: Outputs
}

/** A test that runs. */
export interface TestAnswer {
  readonly id: string
  readonly test: string
  readonly file: string
  readonly titlePath: readonly string[]
  readonly retry: number
  readonly traceparent: string
  readonly mark: number
}

/** A lane as the Control API shows it. */
export interface LaneAnswer {
  readonly lane: string
  readonly topology: string
  readonly run: string
  readonly mark: number
  readonly test?: TestAnswer
  readonly services: readonly ServiceAnswer[]
}

/** An error. */
export interface ErrorAnswer {
  readonly code: string
  readonly message: string
  readonly remedy: string | null
  readonly facts: Readonly<Record<string, unknown>>
  readonly details: readonly string[]
  readonly lastLogs: readonly string[]
}

const state: z.ZodType<ServiceView['state']> = z
  .enum([
    ...(['unstarted', 'preparing', 'starting', 'ready', 'paused'] as const),
    ...(['stopping', 'stopped', 'exited', 'failed', 'removed'] as const),
  ])
  .describe('unstarted: nothing has asked for it yet.')

const outputs = z.record(z.string(), z.string())

export const mark = z
  .int()
  .min(0)
  .describe('Number of a log line of the run; logs?since=<mark> returns the lines after it.')

export const serviceAnswer = named(
  'Service',
  strict<ServiceAnswer>({
    name: z.string(),
    state,
    forMs: z.int().describe('Milliseconds in the state preparing or starting.').optional(),
    awaits: z.string().describe('What is waited for while it starts.').optional(),
    exitCode: z.int().describe('Exit code of a program that has ended.').optional(),
    outputs: outputs.describe('Addresses and other outputs, as the host reaches them.'),
    networkOutputs: outputs.describe(
      'The same, as programs on the network of the lane reach them.',
    ),
    env: z.record(z.string(), z.string()).describe('Environment that it runs with.'),
  }),
)

export const testAnswer = named(
  'Test',
  strict<TestAnswer>({
    id: z.string().describe('Id for PATCH /v1/tests/{id}.'),
    test: z.string().describe('Id in the record of the run.'),
    file: z.string(),
    titlePath: z.array(z.string()),
    retry: z.int().min(0).describe('Number of earlier attempts.'),
    traceparent: z
      .string()
      .describe('Header of requests to services, so that their telemetry is shown with the test.'),
    mark,
  }),
)

export const laneAnswer = named(
  'Lane',
  strict<LaneAnswer>({
    lane: z.string(),
    topology: z.string(),
    run: z.string(),
    mark,
    test: testAnswer.describe('The test that runs.').optional(),
    services: z.array(serviceAnswer),
  }),
)

export const errorAnswer = named(
  'Error',
  strict<ErrorAnswer>({
    code: z.string().describe('What kind of failure it is, such as SERVICE_UNKNOWN.'),
    message: z.string(),
    remedy: z.string().nullable().describe('What to do about it.'),
    facts: z.record(z.string(), z.unknown()).describe('Facts for programs.'),
    details: z.array(z.string()).describe('One line per fault.'),
    lastLogs: z.array(z.string()).describe('The last log lines of the service, oldest first.'),
  }),
)
