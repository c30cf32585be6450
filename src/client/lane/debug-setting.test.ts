import { expect, test } from 'vitest'
import { readDebugSetting } from './debug-setting.ts'

const spec = {
  name: 'shop',
  services: { db: {}, api: { debug: { kind: 'node' } }, worker: { debug: { port: 9_000 } } },
} as const

const read = (MESOCOSM_DEBUG?: string) =>
  readDebugSetting(MESOCOSM_DEBUG === undefined ? {} : { MESOCOSM_DEBUG }, spec)

test('MESOCOSM_DEBUG names services, which are returned in declared order', () => {
  expect(read()).toEqual([])
  expect(read(' ')).toEqual([])
  expect(read('worker, api,worker')).toEqual(['api', 'worker'])
})

test('a name with a topology is of that topology only', () => {
  expect(read('shop/api,other/mailer')).toEqual(['api'])
})

test('all names that cannot be debugged are in one error', () => {
  expect(() => read('db,apj,api')).toThrow(
    expect.objectContaining({
      code: 'DEBUGGER_UNAVAILABLE',
      details: ['db has no `debug` in the topology', 'unknown service "apj"; did you mean "api"?'],
    }),
  )
})
