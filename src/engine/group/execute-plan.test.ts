import { expect, test } from 'vitest'
import type { Plan, Step } from '../../plan/plan.ts'
import { executePlan, startPlan } from './execute-plan.ts'

/** Steps named by service; `after` by id, from 1 on. */
const plan = (...steps: readonly [service: string, after?: readonly number[]][]): Plan => ({
  group: 'lane_1',
  steps: steps.map(([service, after = []], index) => ({
    id: index + 1,
    do: 'start program',
    service,
    after,
    cause: 'test',
  })),
})

const nameOf = (step: Step) => ('service' in step ? step.service : step.do)

test('a step begins when all steps before it are done', async () => {
  const log: string[] = []
  const slow = Promise.withResolvers<void>()
  const done = executePlan(plan(['a'], ['b'], ['c', [1, 2]]), async (step) => {
    log.push(`${nameOf(step)} begins`)
    if (nameOf(step) === 'a') await slow.promise
    log.push(`${nameOf(step)} ends`)
  })
  await new Promise(setImmediate)
  expect(log).toEqual(['a begins', 'b begins', 'b ends'])
  slow.resolve()
  expect((await done).map(({ status }) => status)).toEqual(['done', 'done', 'done'])
  expect(log.slice(3)).toEqual(['a ends', 'c begins', 'c ends'])
})

test('steps after a failed one are blocked, also indirectly; others go on', async () => {
  const begun: string[] = []
  const error = new Error('no')
  const outcomes = await executePlan(
    plan(['bad'], ['next', [1]], ['far', [2]], ['other'], ['last', [4]]),
    async (step) => {
      begun.push(nameOf(step))
      if (nameOf(step) === 'bad') throw error
    },
  )
  expect(begun.sort()).toEqual(['bad', 'last', 'other'])
  expect(outcomes.map(({ status }) => status)).toEqual([
    'failed',
    'blocked',
    'blocked',
    'done',
    'done',
  ])
  expect(outcomes[0]).toMatchObject({ error })
  for (const blocked of outcomes.slice(1, 3))
    expect(blocked).toMatchObject({ by: { service: 'bad' } })
})

test('the outcome of a step is known before slower steps end', async () => {
  const outcomes = startPlan(plan(['quick'], ['endless']), (step) =>
    nameOf(step) === 'quick' ? Promise.resolve() : new Promise(() => {}),
  )
  expect(await outcomes.get(1)).toMatchObject({ status: 'done' })
})

test('a step that throws synchronously has a failed outcome', async () => {
  const [outcome] = await executePlan(plan(['a']), () => {
    throw new Error('at once')
  })
  expect(outcome?.status).toBe('failed')
})
