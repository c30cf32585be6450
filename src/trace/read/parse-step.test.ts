import { expect, test } from 'vitest'
import { parseStep } from './parse-step.ts'

test.for([
  [
    '#1 create network  (no network yet)',
    { id: 1, do: 'create network', after: [], cause: 'no network yet' },
  ],
  [
    '#2 remove network 0123456789ab  after #1  (teardown)',
    { id: 2, do: 'remove network', network: '0123456789ab', after: [1], cause: 'teardown' },
  ],
  [
    '#3 start holder db-2  after #1 #2  (no container yet)',
    { id: 3, do: 'start sandbox', service: 'db-2', after: [1, 2], cause: 'no container yet' },
  ],
  [
    '#4 start program api again  (it exited (code 1))',
    {
      id: 4,
      do: 'start program',
      service: 'api',
      restart: true,
      after: [],
      cause: 'it exited (code 1)',
    },
  ],
  [
    '#5 stop program api 0123456789ab within 10000 ms  after #4  (env A changed)',
    {
      id: 5,
      do: 'stop program',
      service: 'api',
      container: '0123456789ab',
      graceMs: 10_000,
      after: [4],
      cause: 'env A changed',
    },
  ],
  [
    '#6 stop program api 0123456789ab at once  (killed)',
    {
      id: 6,
      do: 'stop program',
      service: 'api',
      container: '0123456789ab',
      graceMs: 0,
      after: [],
      cause: 'killed',
    },
  ],
  [
    '#12 await ready api  after #11  (depends on db)',
    { id: 12, do: 'await ready', service: 'api', after: [11], cause: 'depends on db' },
  ],
] as const)('the step %s is parsed', ([text, step]) => {
  expect(parseStep(text)).toEqual(step)
})

test('text that is not a step is not parsed', () => {
  expect(parseStep('nothing to do')).toBeUndefined()
  expect(parseStep('#1 dance api  (why not)')).toBeUndefined()
})
