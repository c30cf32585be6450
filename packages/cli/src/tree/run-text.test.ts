import type { RunStatus } from 'mesocosm/operate'
import { expect, test } from 'vitest'
import { runText } from './run-text.ts'

const service = (name: string) =>
  ({ name, outputs: {}, env: {}, logLane: 'lane_1', logName: name }) as const

const run: RunStatus = {
  who: '42',
  run: 'r',
  folder: '/f',
  engine: 'docker 20',
  pid: 1,
  kept: false,
  root: '/p',
  inUse: true,
  uptimeMs: 90_000,
  clients: [{ client: 'vitest', pid: 7 }],
  images: [
    { topology: 'shop', service: 'api', doing: 'building api: step 3/7 RUN npm ci', forMs: 61_500 },
  ],
  lanes: [
    {
      topology: 'shop',
      lane: 'lane_1',
      held: true,
      state: 'leased',
      since: 0,
      services: [
        { ...service('web'), state: 'starting', forMs: 32_000, awaits: 'GET / to answer' },
        { ...service('api'), state: 'unstarted' },
      ],
    },
  ],
}

test('a run says what it pulls and builds, at which step, and how long services have been starting', () => {
  expect(runText(run, { color: false, now: 1e6 }).split('\n')).toEqual([
    'run 42, up 90 s, on docker 20',
    'client vitest, process 7',
    'building api: step 3/7 RUN npm ci  62 s',
    'shop  lane_1 in use  0 of 2 ready',
    '  … web  starting       32 s  waiting for GET / to answer',
    '  · api  not started',
  ])
})

test('a lane that is kept says for which test', () => {
  const kept = { test: 't#0', title: 'orders › are paid', file: 'a.test.ts', until: 1 }
  const lanes = run.lanes.map((lane) => ({ ...lane, state: 'kept' as const, kept }))
  expect(runText({ ...run, lanes }, { color: false, now: 1e6 })).toContain(
    'shop  lane_1 kept as “orders › are paid” left it',
  )
})
