import { expect, test } from 'vitest'
import { attachSecondary } from './attach-secondary.ts'
import { ExecError } from './exec-error.ts'
import { type ErrorJson, errorJson, isMesocosmError, MesocosmError } from './mesocosm-error.ts'
import { didYouMean, nearest } from './nearest.ts'
import { reviveError } from './revive.ts'

/** As it crosses a process border. */
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

test('a message tells all in layers: sentence, details, log lines, remedy', () => {
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

test('as JSON it has the whole message and the stack: test runners show nothing else', () => {
  const { message, stack } = notReady
  expect(JSON.parse(JSON.stringify(notReady))).toMatchObject({
    name: 'MesocosmError',
    code: 'SERVICE_NOT_READY',
    message,
    stack,
    facts: { service: 'api' },
  })
})

test('an error is the same after it crossed a process border', () => {
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

test('a failed program is one on the other side too', () => {
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

test('it is known by its brand, also when it comes from another copy of the package', () => {
  expect(isMesocosmError(notReady)).toBe(true)
  expect(isMesocosmError({ [Symbol.for('mesocosm.error')]: true })).toBe(true)
  for (const other of [new Error('x'), null, undefined, 'x', {}])
    expect(isMesocosmError(other)).toBe(false)
})

test('the nearest name is the likeliest slip, and none where nothing is near', () => {
  expect(nearest('databse', ['database', 'data', 'cache'])).toBe('database')
  expect(nearest('ulr', ['url', 'user', 'host'])).toBe('url')
  expect(nearest('API', ['api', 'web'])).toBe('api')
  expect(nearest('db', ['api', 'web'])).toBeUndefined()
  expect(nearest('mail', [])).toBeUndefined()
  expect(didYouMean('apo', ['api'])).toBe('; did you mean "api"?')
  expect(didYouMean('frobnicate', ['api'])).toBe('')
})

test('a second failure is kept at the end of the chain of the first', () => {
  const cause = new Error('cause')
  const error = new Error('first', { cause })
  const second = new Error('second')
  attachSecondary(error, second)
  expect(error.cause).toBe(cause)
  expect(cause.cause).toBe(second)
})

test('a failure is not kept beside itself, a chain may be a ring, and what is no error stays as it is', () => {
  const error = new Error('first')
  attachSecondary(error, error)
  expect(error.cause).toBeUndefined()
  const ring = new Error('ring')
  ring.cause = new Error('other', { cause: ring })
  attachSecondary(ring, new Error('second'))
  expect((ring.cause as Error).cause).toBe(ring)
  attachSecondary('text', error)
})
