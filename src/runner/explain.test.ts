import { expect, test } from 'vitest'
import { appendTo } from './explain.ts'
import { reportLink } from './report-link.ts'

const logs = { title: 'last lines', lines: ['api | one', 'api | $& two'] }
const text = 'last lines:\n  api | one\n  api | $& two'

test('lines are appended to the message and to the message in the stack', () => {
  const error = new Error('expected 1')
  appendTo(error, [logs, { title: 'nothing', lines: [] }, { title: 'trace', lines: ['a link'] }])
  expect(error.message).toBe(`expected 1\n\n${text}\n\ntrace:\n  a link`)
  expect(error.stack).toMatch(
    /^Error: expected 1\n\nlast lines[\s\S]+\$& two\n\ntrace:\n.*\n\s+at /,
  )
})

test('an error that was serialised is explained like any other', () => {
  const error = { message: 'expected 1' }
  appendTo(error, [logs])
  expect(error).toEqual({ message: `expected 1\n\n${text}` })
})

test('an error stays as it is when there are no lines', () => {
  const error = new Error('expected 1')
  appendTo(error, [{ title: 'last lines', lines: [] }])
  expect(error.message).toBe('expected 1')
})

test('what is thrown but is not an error is left alone', () => {
  for (const thrown of [undefined, null, 'text', 1, Object.freeze(new Error('frozen'))])
    expect(() => appendTo(thrown, [logs])).not.toThrow()
})

test('the link to a test names its attempt from 1, as the page of a report does', () => {
  expect(reportLink({ folder: '/my project/.mesocosm/runs/r1', id: 'a1b2', retry: 1 })).toBe(
    'file:///my%20project/.mesocosm/runs/r1/report.html#t=a1b2&a=2',
  )
})
