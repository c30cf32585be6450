import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import { isError } from './is-error.ts'

test('errors of every realm are errors', () => {
  class Own extends Error {}
  const errors = [new TypeError('x'), new Own('x'), new DOMException('x'), foreign('TypeError')]
  expect(errors.map((error) => isError(error))).toEqual([true, true, true, true])
  expect(foreign('TypeError')).not.toBeInstanceOf(Error)
})

test('other values are not, even if they have a message', () => {
  const values = [undefined, null, 'Error', { message: 'x', name: 'Error' }, () => {}]
  expect(values.map((value) => isError(value))).toEqual([false, false, false, false, false])
})

test('an error has the name that is asked for, or is not one', () => {
  expect(isError(foreign('TypeError'), 'TypeError')).toBe(true)
  expect(isError(foreign('RangeError'), 'TypeError')).toBe(false)
})

// ---

const foreign = (name: string): unknown => runInNewContext(`new ${name}('x')`)
