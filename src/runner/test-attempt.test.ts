import { expect, test } from 'vitest'
import { timedOut } from '../call/deadline.ts'
import type { OpenLane } from '../client/lane/open-lane.ts'
import { spanned } from '../client/record/call-span.ts'
import { createMemoryRecord } from '../client/record/memory-record.ts'
import type { AnyTopology } from '../define/topology.ts'
import { MesocosmError } from '../errors/mesocosm-error.ts'
import { createAttempt } from './test-attempt.ts'
import { announceTest, type LaneReset } from './test-scope.ts'

const state = {
  images: [{ topology: 'shop', service: 'api', doing: 'building api: step 3/7', forMs: 61_000 }],
  lanes: [
    {
      lane: 'lane_1',
      services: [
        { name: 'db', state: 'starting', forMs: 2_500, awaits: 'GET /' },
        { name: 'web', state: 'ready' },
        { name: 'worker', state: 'exited', exitCode: 1 },
        { name: 'job', state: 'exited', exitCode: 0 },
      ],
    },
    { lane: 'lane_2', services: [{ name: 'other', state: 'starting' }] },
  ],
}

const link = 'file:///r1/report.html#t=abc&a=1'

const fixture = ({ reset, prepared }: { reset?: LaneReset; prepared?: Error } = {}) => {
  const did: string[] = []
  const collected: (string | undefined)[] = []
  const record = createMemoryRecord()
  const work = {
    take: async () => {},
    reset: async (_: { signal?: AbortSignal }) => {},
    start: async (_: { signal?: AbortSignal }) => {},
  }
  const linesOf = (...texts: string[]) => ({
    logs: { clear: () => {}, lines: () => texts.map((text) => ({ text, stream: 'stderr' })) },
  })
  const lane = {
    services: {
      api: linesOf('a line'),
      worker: linesOf('TypeError: Invalid URL', '    at price (/app/worker.js:50:15)', 'bye'),
    },
    reset: (options: LaneReset) => work.reset(options),
  }
  const laneLink = {
    name: 'lane_1',
    record,
    view: () => ({ logLane: 'lane_1' }),
    added: new Map(),
    captures: {
      test: undefined as string | undefined,
      collect: async () => void collected.push(laneLink.captures.test),
    },
    act: (_method: string, _facts: object, act: () => unknown) => act(),
    change: (_method: string, _params: object, options: { signal?: AbortSignal }) =>
      work.start(options),
  }
  const open = { lane, link: laneLink } as unknown as OpenLane<AnyTopology>
  const attempt = createAttempt<AnyTopology>({
    announced: announceTest(record, { id: 'abc', retry: 0, file: 'a.ts', titlePath: ['a'] }),
    caller: { call: async () => state as never },
    images: {
      assertPrepared: () => {
        if (prepared !== undefined) throw prepared
      },
    },
    take: async () => {
      await work.take()
      const leave = async (broken: boolean) =>
        void did.push(broken ? 'give back broken' : 'give back')
      const keep = async () => void did.push('keep')
      return { open, reset, keep, leave }
    },
    link,
    left: () => void did.push('left'),
  })
  return { attempt, work, did, collected, record }
}

const never = () => new Promise<void>(() => {})

test('a test that leaves while it starts a service says so, with what the supervisor does', async () => {
  const { attempt, work, record, did } = fixture()
  await attempt.ready()
  let starting: AbortSignal | undefined
  work.start = ({ signal }) => {
    starting = signal
    return never()
  }
  void attempt.use('api' as never)
  const error = new Error('Test timed out in 5000ms.')
  await attempt.leave(error)
  expect(error.message.replaceAll(/for 0\.\d s/g, 'for 0 s')).toBe(
    [
      'Test timed out in 5000ms.',
      '',
      'when the test ended, it was waiting for:',
      '  the start of api, for 0 s',
      '  db is starting, for 2.5 s: waiting for GET /',
      '  in this run: building api: step 3/7, for 61.0 s',
      '',
      'services that do not run:',
      '  worker exited with code 1',
      '',
      'errors that services logged during the test:',
      '  worker | TypeError: Invalid URL',
      '  worker |     at price (/app/worker.js:50:15)',
      '',
      'last log lines of the services this test used:',
      '  api | a line',
      '',
      'trace:',
      '  file:///r1/report.html#t=abc&a=1',
    ].join('\n'),
  )
  expect(attempt.failure).toMatchObject({
    link,
    markdown: expect.stringMatching(
      /^\*\*when the test ended[\s\S]*\*\*\n\n {4}worker \| TypeError: Invalid URL\n[\s\S]*report\.html/,
    ),
  })
  attempt.end({ status: 'failed', error: error.message })
  // The record has the logs themselves.
  expect(record.written.at(-1)).toMatchObject({
    k: 'test.end',
    error: expect.stringMatching(/^Test timed out[\s\S]*step 3\/7, for 61\.0 s$/),
    stack: expect.stringMatching(/^ +at .*test-attempt\.test\.ts:\d+/),
  })
  // The next test must not wait for it.
  expect(starting?.aborted).toBe(true)
  expect(did).toEqual(['keep', 'left', 'give back broken', 'left'])
})

test('a reset that takes too long names the option that limits it, and what it waits for', async () => {
  const { attempt, work, did } = fixture({ reset: { level: 'light', timeoutMs: 60_000 } })
  work.reset = () => Promise.reject(timedOut('the reset of lane lane_1', 60_000))
  await expect(attempt.ready()).rejects.toMatchObject({
    code: 'TIMEOUT',
    remedy: 'raise timeoutMs: createTest(topology, { timeoutMs: 120000 })',
    details: [
      'db is starting, for 2.5 s: waiting for GET /',
      'in this run: building api: step 3/7, for 61.0 s',
    ],
  })
  await attempt.leave()
  expect(did).toEqual(['left', 'give back broken'])
})

test('a lease that takes too long names the option as well, and breaks no lane', async () => {
  const { attempt, work, did } = fixture()
  work.take = () => Promise.reject(timedOut('the lease of shop', 1_000))
  await expect(attempt.ready()).rejects.toMatchObject({
    remedy: 'raise timeoutMs: createTest(topology, { timeoutMs: 2000 })',
  })
  await attempt.leave()
  expect(did).toEqual(['left'])
})

test('a test that leaves during its reset aborts it, and the lane counts as broken', async () => {
  const { attempt, work, did } = fixture({ reset: { level: 'light' } })
  const { promise, resolve } = Promise.withResolvers<AbortSignal | undefined>()
  work.reset = ({ signal }) => {
    resolve(signal)
    return never()
  }
  void attempt.ready()
  const signal = await promise
  await attempt.leave(new Error('Test timed out'))
  expect(signal?.aborted).toBe(true)
  expect(did).toEqual(['keep', 'left', 'give back broken'])
})

test('a lane that comes after its test has left is given back', async () => {
  const { attempt, work, did } = fixture({ reset: { level: 'light' } })
  const { promise, resolve } = Promise.withResolvers<void>()
  work.take = () => promise
  const ready = attempt.ready()
  await attempt.leave(new Error('Test timed out'))
  resolve()
  await ready
  expect(did).toEqual(['left', 'give back'])
})

test('a failed start breaks the lane; the failure of a prepared image does not', async () => {
  const failed = fixture()
  await failed.attempt.ready()
  failed.work.start = () => Promise.reject(new Error('exit 3'))
  await expect(failed.attempt.use('api' as never)).rejects.toThrow('exit 3')
  await failed.attempt.leave()
  expect(failed.did).toEqual(['left', 'give back broken'])
  const prepared = new MesocosmError({ code: 'BUILD_FAILED', message: 'no' })
  const unbuilt = fixture({ prepared })
  await unbuilt.attempt.ready()
  await expect(unbuilt.attempt.use('api' as never)).rejects.toBe(prepared)
  await unbuilt.attempt.leave()
  expect(unbuilt.did).toEqual(['left', 'give back'])
})

test('what services captured is recorded as the test’s when it leaves, and not as its own afterwards', async () => {
  const { attempt, collected } = fixture()
  await attempt.ready()
  await attempt.leave()
  // Before it, and at its end.
  expect(collected).toEqual([undefined, 'abc#0'])
})

test('a failure says what the test changed, and which of its calls were under way in which step', async () => {
  const { attempt, record } = fixture()
  await attempt.ready()
  record.test = 'abc#0'
  const call = <T>(method: string, args: unknown[], work: () => T) =>
    spanned(record, { lane: 'lane_1', service: 'worker', method, args }, work)
  await call('withEnv', [{ PRICING_URL: 'pricing:8000' }], async () => {})
  record.calls.beginStep({ id: 'm.9', title: 'wait for the price', test: 'abc#0' })
  void record.inside('m.9', () => call('logs.waitFor', [/done/], never))
  const error = new Error('Test timed out')
  attempt.explain(error)
  expect(error.message.replaceAll(/\d\.\d s/g, '0 s')).toContain(
    [
      'Test timed out',
      '',
      'when the test ended, it was waiting for:',
      "  worker.logs.waitFor('/done/'), for 0 s, in step “wait for the price”",
      '',
      'errors that services logged during the test:',
      '  worker | TypeError: Invalid URL',
      '  worker |     at price (/app/worker.js:50:15)',
      '',
      'what the test changed:',
      "  worker.withEnv({ PRICING_URL: 'pricing:8000' }), 0 s before",
    ].join('\n'),
  )
})
