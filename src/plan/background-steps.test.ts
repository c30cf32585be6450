import { expect, test } from 'vitest'
import { backgroundSteps } from './background-steps.ts'
import type { DesiredState } from './desired.ts'
import type { Plan, Step } from './plan.ts'

const removal = (id: number, service: string, after: readonly number[] = []): Step => ({
  id,
  after,
  cause: 'replaced',
  do: 'remove program',
  service,
  container: 'old',
})
const desired = { group: 'lane_1', services: { api: {} } } as unknown as DesiredState
const plan = (...steps: Step[]): Plan => ({ group: 'lane_1', steps })

test('the removal of a replaced program is a background step', () => {
  expect([...backgroundSteps(plan(removal(1, 'api')), desired)]).toEqual([1])
})

test('the removal of a service that is no longer wanted is awaited', () => {
  expect([...backgroundSteps(plan(removal(1, 'web')), desired)]).toEqual([])
})

test('a removal that another step waits for is not a background step', () => {
  expect([...backgroundSteps(plan(removal(1, 'api'), removal(2, 'api', [1])), desired)]).toEqual([
    2,
  ])
})
