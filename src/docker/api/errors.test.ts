import { expect, test } from 'vitest'
import { ApiFailure, engineError, isConnectionError } from './errors.ts'

test.each([
  [500, 'write /var/lib/docker/tmp: no space left on device', 'DISK_FULL'],
  [
    500,
    'driver failed programming external connectivity: Bind for 127.0.0.1:80 failed: port is already allocated',
    'PORT_TAKEN',
  ],
  [500, 'listen tcp4 127.0.0.1:80: bind: address already in use', 'PORT_TAKEN'],
  [404, 'No such image: x:1', 'IMAGE_NOT_FOUND'],
  [409, 'Container abc is not running', 'SERVICE_NOT_RUNNING'],
  [
    500,
    'can only create exec sessions on running containers: container state improper',
    'SERVICE_NOT_RUNNING',
  ],
  [409, 'Container abc is paused, unpause the container before exec', 'SERVICE_NOT_RUNNING'],
  [404, 'No such container: abc', 'SERVICE_NOT_RUNNING'],
  [500, 'could not find an available, non-overlapping IPv4 address pool', 'ADDRESS_POOL_EXHAUSTED'],
  [500, 'something new', 'ENGINE_FAILED'],
])('engineError gives status %i with "%s" the code %s', (status, words, code) => {
  const failure = new ApiFailure(status, words)
  const error = engineError(failure, 'it could not be done', { service: 'api' })
  expect(error).toMatchObject({ code, facts: { service: 'api' }, cause: failure })
  expect(error.summary).toBe(`it could not be done: ${words}`)
  expect(error.remedy).toEqual(expect.any(String))
})

test('engineError keeps a MesocosmError', () => {
  const first = engineError(new Error('x'), 'first')
  expect(engineError(first, 'second')).toBe(first)
})

test('isConnectionError is false for a missing host file', () => {
  const failure = (syscall: string) =>
    Object.assign(new Error('ENOENT'), { code: 'ENOENT', syscall })
  expect(isConnectionError(failure('connect'))).toBe(true)
  expect(isConnectionError(failure('open'))).toBe(false)
})
