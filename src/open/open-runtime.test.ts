import { expect, test } from 'vitest'
import { openRuntime, runtimeOf } from './open-runtime.ts'

test('a container engine is used unless MESOCOSM_RUNTIME asks for processes', () => {
  expect(runtimeOf({})).toBe('docker')
  expect(runtimeOf({ MESOCOSM_RUNTIME: '' })).toBe('docker')
  expect(runtimeOf({ MESOCOSM_RUNTIME: 'local' })).toBe('local')
})

test('a runtime that does not exist is refused with those that do', async () => {
  await expect(openRuntime({ env: { MESOCOSM_RUNTIME: 'lokal' } })).rejects.toMatchObject({
    code: 'ARGUMENT_INVALID',
    message: expect.stringContaining('did you mean "local"'),
    remedy: expect.stringContaining('docker or local'),
  })
})
