import { expect, test } from 'vitest'
import { createMemoryRuntime } from './memory/memory-runtime.ts'
import { requireAbility } from './require-ability.ts'

test('requireAbility returns the optional method of a runtime that has it', async () => {
  await using runtime = createMemoryRuntime({ programs: {} })
  expect(await requireAbility(runtime, 'diagnose')()).toMatchObject([{ status: 'ok' }])
})

test('requireAbility throws RUNTIME_UNSUPPORTED with a remedy for a runtime that lacks the method', async () => {
  const { commit: _, ...runtime } = createMemoryRuntime({ programs: {} })
  expect(() => requireAbility(runtime, 'commit')).toThrow(
    expect.objectContaining({
      code: 'RUNTIME_UNSUPPORTED',
      remedy: expect.stringContaining('prebuild'),
      facts: { ability: 'commit' },
    }),
  )
})
