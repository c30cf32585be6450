import { expect, test } from 'vitest'
import { flag, integer, list, object, readBody, strings, text } from './json-body.ts'

const fields = {
  IDs: list(text),
  Read: flag,
  Trigger: object({ ErrorCode: integer }),
  Headers: strings,
} as const

test('keys are read in any case of letters, and null is a missing value', () => {
  expect(
    readBody({ ids: ['a'], READ: true, trigger: { errorcode: 1 }, Headers: { x: 'y' } }, fields),
  ).toEqual({ IDs: ['a'], Read: true, Trigger: { ErrorCode: 1 }, Headers: { x: 'y' } })
  expect(readBody({ IDs: null }, fields)).toEqual({})
  expect(readBody({}, fields)).toEqual({})
})

test('the error of a body lists all that is wrong with it', () => {
  expect(() =>
    readBody(
      {
        IDs: ['a', 1],
        Read: 'yes',
        Trigger: { ErrorCode: 1.5, Code: 1 },
        Headers: { x: 1 },
        id: 1,
      },
      fields,
    ),
  ).toThrow(
    '"IDs[1]" must be a string; "Read" must be true or false; "Trigger.ErrorCode" must be an integer; ' +
      'unknown key "Trigger.Code"; known are ErrorCode; "Headers.x" must be a string; ' +
      'unknown key "id"; known are IDs, Read, Trigger, Headers',
  )
  for (const body of [undefined, null, 'x', [], 1])
    expect(() => readBody(body, fields)).toThrow('the body must be an object')
  expect(() => readBody(JSON.parse('{"__proto__":{"IDs":["a"]}}'), fields)).toThrow('__proto__')
})
