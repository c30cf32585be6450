import { expect, test } from 'vitest'
import { ServiceOverrides } from './service-overrides.ts'

const declared = { A: 'declared', B: 'declared' }

test('patches override the declared environment, the last one wins', () => {
  const state = new ServiceOverrides()
  const outer = state.patchEnv({ A: 'outer', C: 'outer' })
  const inner = state.patchEnv({ A: 'inner' })
  expect(state.env(declared)).toEqual({ A: 'inner', B: 'declared', C: 'outer' })
  // They may go in any order.
  expect(state.dropEnv(outer)).toBe(true)
  expect(state.env(declared)).toEqual({ A: 'inner', B: 'declared' })
  expect(state.dropEnv(inner)).toBe(true)
  expect(state.env(declared)).toEqual(declared)
})

test('null unsets a variable, and a later patch can set it again', () => {
  const state = new ServiceOverrides()
  state.patchEnv({ A: null, Z: null })
  expect(state.env(declared)).toEqual({ B: 'declared' })
  state.patchEnv({ A: 'again' })
  expect(state.env(declared)).toEqual({ A: 'again', B: 'declared' })
})

test('a patch is dropped once', () => {
  const state = new ServiceOverrides()
  const id = state.patchEnv({ A: '1' })
  expect(state.dropEnv(id)).toBe(true)
  expect(state.dropEnv(id)).toBe(false)
})

test('overrides are pristine when empty or cleared', () => {
  const state = new ServiceOverrides()
  expect(state.pristine).toBe(true)
  const id = state.patchEnv({})
  expect(state.pristine).toBe(false)
  state.dropEnv(id)
  state.run = 'paused'
  expect(state.pristine).toBe(false)
  state.run = 'running'
  state.disconnected = true
  expect(state.pristine).toBe(false)
  state.patchEnv({ A: '1' })
  state.clear()
  expect(state.pristine).toBe(true)
  expect(state.env(declared)).toEqual(declared)
})
