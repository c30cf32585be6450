import { MesocosmError } from 'mesocosm'
import { expect, test } from 'vitest'
import { UsageError } from './command.ts'
import { errorLine, wantsJson } from './error-json.ts'

test('JSON is wanted by an option of mesocosm, not by one of the command that it runs', () => {
  expect(wantsJson(['ps', '--json'])).toBe(true)
  expect(wantsJson(['exec', 'api', '--', 'npm', 'ls', '--json'])).toBe(false)
})

test('an error is one line with its code, message, remedy, details and facts', () => {
  const error = new MesocosmError({
    code: 'SERVICE_UNKNOWN',
    message: 'there is no service wep',
    remedy: 'use web',
    details: ['web'],
    facts: { service: 'wep' },
  })
  expect(errorLine(error)).not.toContain('\n')
  expect(JSON.parse(errorLine(error))).toEqual({
    error: {
      code: 'SERVICE_UNKNOWN',
      message: 'there is no service wep',
      remedy: 'use web',
      details: ['web'],
      facts: { service: 'wep' },
    },
  })
})

test('wrong usage and errors of other code have codes, too', () => {
  expect(JSON.parse(errorLine(new UsageError('missing argument')))).toEqual({
    error: { code: 'USAGE', message: 'missing argument', facts: {} },
  })
  expect(JSON.parse(errorLine(new TypeError('x is undefined'))).error).toMatchObject({
    code: 'UNKNOWN',
    message: expect.stringContaining('x is undefined'),
  })
  expect(JSON.parse(errorLine('thrown text')).error.message).toBe('thrown text')
})
