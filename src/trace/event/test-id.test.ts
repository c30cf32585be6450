import { expect, test } from 'vitest'
import { testIdOf } from './test-id.ts'

test('the id of a test depends on each part of its path', () => {
  const id = testIdOf(['unit', 'a.test.ts', 'sign-up', 'sends mail'])
  expect(id).toMatch(/^[0-9a-f]{16}$/)
  expect(testIdOf(['unit', 'a.test.ts', 'sign-up', 'sends mail'])).toBe(id)
  expect(testIdOf(['', 'a.test.ts', 'sign-up', 'sends mail'])).not.toBe(id)
  expect(testIdOf(['unit', 'a.test.ts', 'sign-upsends mail'])).not.toBe(id)
})
