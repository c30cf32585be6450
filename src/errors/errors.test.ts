import { expect, test } from 'vitest'
import { attachSecondary } from './attach-secondary.ts'
import { ExecError } from './exec-error.ts'
import { type ErrorJson, errorJson, isMesocosmError, MesocosmError } from './mesocosm-error.ts'
import { didYouMean, nearest } from './nearest.ts'
import { reviveError } from './revive.ts'
import { serviceUnknown } from './service-unknown.ts'
import { codeOf, messageOf, toMesocosmError } from './unknown-error.ts'

/** An error after the way to another process. */
const across = (error: MesocosmError) =>
  reviveError(JSON.parse(JSON.stringify(errorJson(error))) as ErrorJson)

const notReady = new MesocosmError({
  code: 'SERVICE_NOT_READY',
  message: 'api is not ready',
  remedy: 'raise readyTimeoutMs',
  facts: { service: 'api', lane: 'lane_1', elapsedMs: 5 },
  details: ['first', 'second'],
  lastLogs: ['loading', 'still loading'],
  cause: new Error('connection refused'),
})

test('a message consists of summary and code, details, log lines and remedy', () => {
  expect(notReady.message.split('\n')).toEqual([
    'api is not ready [SERVICE_NOT_READY]',
    '  - first',
    '  - second',
    '  last log lines:',
    '    | loading',
    '    | still loading',
    '  remedy: raise readyTimeoutMs',
  ])
  expect(new MesocosmError({ code: 'PROTOCOL', message: 'no' }).message).toBe('no [PROTOCOL]')
})

test('an error as JSON has the whole message and the stack, for runners that show nothing else', () => {
  const { message, stack } = notReady
  expect(JSON.parse(JSON.stringify(notReady))).toMatchObject({
    name: 'MesocosmError',
    code: 'SERVICE_NOT_READY',
    message,
    stack,
    facts: { service: 'api' },
  })
})

test('an error is the same in another process', () => {
  const revived = across(notReady)
  const parts = ({
    name,
    code,
    message,
    summary,
    remedy,
    facts,
    details,
    lastLogs,
  }: MesocosmError) => ({
    name,
    code,
    message,
    summary,
    remedy,
    facts,
    details,
    lastLogs,
  })
  expect(parts(revived)).toEqual(parts(notReady))
  expect((revived.cause as Error).message).toContain('connection refused')
  expect(parts(across(revived))).toEqual(parts(notReady))
})

test('an ExecError is an ExecError in another process', () => {
  const exec = { argv: ['ls', '/x'], exitCode: 2, stdout: 'out', stderr: 'err' }
  const error = new ExecError({ code: 'EXEC_FAILED', message: 'ls failed', exec })
  const revived = across(error)
  expect(revived).toBeInstanceOf(ExecError)
  expect(revived).toMatchObject({ ...exec, name: 'ExecError', code: 'EXEC_FAILED' })
  const ended = across(
    new ExecError({ code: 'EXEC_TIMEOUT', message: 'x', exec: { ...exec, exitCode: undefined } }),
  )
  expect(ended).toMatchObject({ exitCode: undefined, stderr: 'err' })
})

test('isMesocosmError recognizes errors of other copies of the package', () => {
  expect(isMesocosmError(notReady)).toBe(true)
  expect(isMesocosmError({ [Symbol.for('mesocosm.error')]: true })).toBe(true)
  for (const other of [new Error('x'), null, undefined, 'x', {}])
    expect(isMesocosmError(other)).toBe(false)
})

test('nearest returns the closest name, or undefined if none is close', () => {
  expect(nearest('databse', ['database', 'data', 'cache'])).toBe('database')
  expect(nearest('ulr', ['url', 'user', 'host'])).toBe('url')
  expect(nearest('API', ['api', 'web'])).toBe('api')
  expect(nearest('db', ['api', 'web'])).toBeUndefined()
  expect(nearest('mail', [])).toBeUndefined()
  expect(didYouMean('apo', ['api'])).toBe('; did you mean "api"?')
  expect(didYouMean('frobnicate', ['api'])).toBe('')
})

test('a second failure is attached at the end of the chain of causes of the first', () => {
  const cause = new Error('cause')
  const error = new Error('first', { cause })
  const second = new Error('second')
  attachSecondary(error, second)
  expect(error.cause).toBe(cause)
  expect(cause.cause).toBe(second)
})

test('attachSecondary ignores the same failure, circular causes and values that are not errors', () => {
  const error = new Error('first')
  attachSecondary(error, error)
  expect(error.cause).toBeUndefined()
  const ring = new Error('ring')
  ring.cause = new Error('other', { cause: ring })
  attachSecondary(ring, new Error('second'))
  expect((ring.cause as Error).cause).toBe(ring)
  attachSecondary('text', error)
})

test('an unknown service is reported with the closest or all names', () => {
  const error = serviceUnknown('apo', ['api', 'db'], { in: 'lane lane_1' })
  expect(error).toMatchObject({
    code: 'SERVICE_UNKNOWN',
    summary: 'unknown service "apo" in lane lane_1; did you mean "api"?',
    remedy: 'use one of api, db',
    facts: { service: 'apo', services: ['api', 'db'] },
  })
  expect(serviceUnknown('api', [])).toMatchObject({
    summary: 'unknown service "api"',
    remedy: 'declare a service first',
  })
  expect(serviceUnknown('api', [], { ifNone: 'run `mesocosm up`' }).remedy).toBe(
    'run `mesocosm up`',
  )
})

test('anything thrown becomes a MesocosmError, and what was not one is a defect', () => {
  expect(toMesocosmError(notReady)).toBe(notReady)
  const cause = new TypeError('x is not a function')
  expect(toMesocosmError(cause)).toMatchObject({
    code: 'INTERNAL',
    summary: 'x is not a function',
    remedy: expect.stringContaining('a defect of Mesocosm'),
    cause,
  })
  expect(toMesocosmError('text')).toMatchObject({ code: 'INTERNAL', summary: 'text' })
})

test('messageOf and codeOf read any thrown value', () => {
  const missing = Object.assign(new Error('no such file'), { code: 'ENOENT' })
  expect([messageOf(missing), messageOf('text'), messageOf(undefined)]).toEqual([
    'no such file',
    'text',
    'undefined',
  ])
  expect([codeOf(missing), codeOf(new Error('x')), codeOf({ code: 3 }), codeOf(null)]).toEqual([
    'ENOENT',
    undefined,
    undefined,
    undefined,
  ])
})
