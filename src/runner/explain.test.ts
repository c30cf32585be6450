import { expect, test } from 'vitest'
import { appendLogs } from './explain.ts'

const text = 'last log lines of the services this test used:\n  api | one\n  api | $& two'

test('log lines are appended to the message and to the message in the stack', () => {
  const error = new Error('expected 1')
  appendLogs(error, ['api | one', 'api | $& two'])
  expect(error.message).toBe(`expected 1\n\n${text}`)
  expect(error.stack).toMatch(/^Error: expected 1\n\nlast log lines[\s\S]+\$& two\n\s+at /)
})

test('an error that was serialised is explained like any other', () => {
  const error = { message: 'expected 1' }
  appendLogs(error, ['api | one', 'api | $& two'])
  expect(error).toEqual({ message: `expected 1\n\n${text}` })
})

test('an error stays as it is when there are no lines', () => {
  const error = new Error('expected 1')
  appendLogs(error, [])
  expect(error.message).toBe('expected 1')
})

test('what is thrown but is not an error is left alone', () => {
  for (const thrown of [undefined, null, 'text', 1, Object.freeze(new Error('frozen'))])
    expect(() => appendLogs(thrown, ['api | one'])).not.toThrow()
})
