import { expect, test } from 'vitest'
import { testFits } from './match-test.ts'
import { parseFilter } from './parse-filter.ts'

const signUp = {
  outcome: 'failed',
  file: 'test/sign-up.test.ts',
  title: 'sign-up › sends mail',
  lanes: ['lane_1'],
  touched: ['api', 'mail'],
  error: 'no mail to ann@example.test',
}
const fit = (text: string, hasLine?: boolean) => testFits(parseFilter(text), signUp, hasLine)

test('a test fits by outcome, file, service, lane, title and error', () => {
  for (const text of ['', 's:failed', 'file:sign-up', 'svc:mail', 'lane:1', 'SENDS', 'ann@'])
    expect(fit(text), text).toBe(true)
  for (const text of ['s:passed', '!s:failed', 'file:orders', 'svc:db', 'lane:2', '!mail', 'order'])
    expect(fit(text), text).toBe(false)
})

test('a test also fits by a text, a level or a service of one of its lines', () => {
  expect(fit('ECONNREFUSED', true)).toBe(true)
  expect(fit('ECONNREFUSED', false)).toBe(false)
  expect(fit('lvl:error', true)).toBe(true)
  expect(fit('lvl:error', false)).toBe(false)
  expect(fit('svc:db', true)).toBe(true)
  expect(fit('s:passed ECONNREFUSED', true)).toBe(false)
})
