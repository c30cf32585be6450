import { expect, test } from 'vitest'
import { assertNames } from './names.ts'

test('services with names of fixtures are refused, all at once', () => {
  expect(() => assertNames(['api', 'page', 'request'])).toThrow(
    expect.objectContaining({
      code: 'ARGUMENT_INVALID',
      summary: 'services page, request have names of fixtures of Playwright',
    }),
  )
  expect(() => assertNames(['api', 'db'])).not.toThrow()
})
