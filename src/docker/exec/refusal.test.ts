import { expect, test } from 'vitest'
import { refusalOf } from './refusal.ts'

// Seen of Docker 20.10, for a container that ends while a program is started in it.
test.each([
  'cannot exec in a stopped container: unknown',
  'unable to start container process: error executing setns process: exit status 1: unknown',
  'unable to start container process: error writing config to pipe: write init-p: broken pipe: unknown',
])('a service that ends meanwhile is not a missing program: %s', (reason) => {
  const text = `OCI runtime exec failed: exec failed: ${reason}`
  expect(refusalOf(text)).toMatchObject({ code: 'SERVICE_NOT_RUNNING' })
})

test('a program that the container lacks is missing', () => {
  const text = 'OCI runtime exec failed: exec failed: exec: "x": executable file not found in $PATH'
  expect(refusalOf(text)).toMatchObject({ code: 'EXEC_NOT_FOUND' })
})

test('a program may print the words of a refusal itself', () => {
  expect(refusalOf('permission denied')).toBeUndefined()
})
