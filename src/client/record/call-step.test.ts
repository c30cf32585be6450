import { AsyncLocalStorage } from 'node:async_hooks'
import { expect, test } from 'vitest'
import { createRedactor } from '../../trace/write/redact.ts'
import { callStep } from './call-step.ts'
import type { StepRunner } from './step-runner.ts'

const recording = () => {
  const titles: string[] = []
  const outer = new AsyncLocalStorage<string>()
  const steps: StepRunner = async (title, work) => {
    const parent = outer.getStore()
    const path = parent === undefined ? title : `${parent} > ${title}`
    titles.push(path)
    return await outer.run(path, work)
  }
  const redactor = createRedactor()
  redactor.add(['top secret'])
  return { titles, record: { steps, redactor } }
}

const titleOf = async (method: string, ...args: unknown[]) => {
  const { titles, record } = recording()
  await callStep(record, { service: 'api', method, args }, async () => {})
  return titles[0]
}

test('a step has the title of the call as it is written, without secrets and limits', async () => {
  expect(await titleOf('withEnv', { SIGNUP: 'open' })).toBe("api.withEnv({ SIGNUP: 'open' })")
  expect(await titleOf('exec.createAdmin', { token: 'top secret' }, { timeoutMs: 5 })).toBe(
    "api.exec.createAdmin({ token: '•••' })",
  )
  expect(await titleOf('restart', { graceMs: 1, timeoutMs: 5 })).toBe('api.restart({ graceMs: 1 })')
  expect(await titleOf('start')).toBe('api.start()')
})

test('a long title is cut in one line', async () => {
  const title = await titleOf('query', `select\n  ${'x'.repeat(200)}`)
  expect(title).toMatch(/^api\.query\('select\\n {1,2}x+…\)$/)
  expect(title?.length).toBeLessThan(100)
})

test('a call of the lane has no service in its title', async () => {
  const { titles, record } = recording()
  await callStep(record, { method: 'lane.start', args: ['api'] }, async () => {})
  expect(titles).toEqual(["lane.start('api')"])
})

test('calls within a call are inside of its step, also when calls run at the same time', async () => {
  const { titles, record } = recording()
  const call = (method: string, work: () => Promise<unknown>) => callStep(record, { method }, work)
  const twice = (name: string) =>
    call(name, async () => {
      await new Promise(setImmediate)
      await call(`in ${name}`, async () => {})
    })
  await Promise.all([twice('a'), twice('b')])
  expect(titles).toEqual(['a()', 'b()', 'a() > in a()', 'b() > in b()'])
})

test('what a call returns and throws is unchanged', async () => {
  const { record } = recording()
  const result = {}
  expect(await callStep(record, { method: 'a' }, async () => result)).toBe(result)
  const error = new Error('no')
  await expect(callStep(record, { method: 'a' }, () => Promise.reject(error))).rejects.toBe(error)
})

test('without steps, a call only runs', async () => {
  const { redactor } = recording().record
  expect(await callStep({ redactor }, { method: 'a' }, async () => 1)).toBe(1)
})
