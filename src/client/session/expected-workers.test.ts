import { expect, test } from 'vitest'
import { expectedWorkers } from './expected-workers.ts'

test('in a worker of Vitest its maximum of workers is known', () => {
  expect(expectedWorkers({}).maxWorkers).toBeGreaterThan(0)
})

test('MESOCOSM_WORKERS is the number of workers', () => {
  expect(expectedWorkers({ MESOCOSM_WORKERS: '3' })).toMatchObject({ workers: 3 })
})

test.each(['', '0', '-1', '1.5', 'many'])('MESOCOSM_WORKERS=%s is ignored', (text) => {
  expect(expectedWorkers({ MESOCOSM_WORKERS: text }).workers).toBeUndefined()
})
