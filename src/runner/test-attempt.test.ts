import { expect, test } from 'vitest'
import { timedOut } from '../call/deadline.ts'
import type { OpenLane } from '../client/lane/open-lane.ts'
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
      ],
    },
    { lane: 'lane_2', services: [{ name: 'other', state: 'starting' }] },
  ],
}

const fixture = ({ reset, prepared }: { reset?: LaneReset; prepared?: Error } = {}) => {
  const did: string[] = []
  const record = createMemoryRecord()
  const work = {
    take: async () => {},
    reset: async (_: { signal?: AbortSignal }) => {},
    start: async (_: { signal?: AbortSignal }) => {},
  }
  const handle = { logs: { clear: () => {}, lines: () => [{ text: 'a line' }] } }
  const lane = {
    services: { api: handle },
    reset: (options: LaneReset) => work.reset(options),
  }
  const link = {
    name: 'lane_1',
    record,
    act: (_method: string, _facts: object, act: () => unknown) => act(),
    change: (_method: string, _params: object, options: { signal?: AbortSignal }) =>
      work.start(options),
  }
  const open = { lane, link } as unknown as OpenLane<AnyTopology>
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
      return { open, reset, leave }
    },
    left: () => void did.push('left'),
  })
  return { attempt, work, did, record }
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
      'last log lines of the services this test used:',
      '  api | a line',
    ].join('\n'),
  )
  attempt.end({ status: 'failed', error: error.message })
  // The record has the logs themselves.
  expect(record.written.at(-1)).toMatchObject({
    k: 'test.end',
    error: expect.stringMatching(/^Test timed out[\s\S]*step 3\/7, for 61\.0 s$/),
  })
  // The next test must not wait for it.
  expect(starting?.aborted).toBe(true)
  expect(did).toEqual(['left', 'give back broken', 'left'])
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
  expect(did).toEqual(['left', 'give back broken'])
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
