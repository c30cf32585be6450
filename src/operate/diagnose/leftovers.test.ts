import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { label } from '../../runtime/labels.ts'
import { createMemoryRuntime } from '../../runtime/memory/memory-runtime.ts'
import { ownIdentity, writeIdentity } from '../../supervisor/owner-identity.ts'
import { leftoversDiagnosis } from './leftovers.ts'

let home = ''
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'mc-'))
  vi.stubEnv('TMPDIR', home)
  vi.stubEnv('TEMP', home)
  vi.useFakeTimers({ toFake: ['Date'] })
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllEnvs()
  rmSync(home, { recursive: true })
})

const dead = writeIdentity({ ...ownIdentity(), boot: 'before' })
const hidden = writeIdentity({ ...ownIdentity(), host: 'another' })

test('doctor names the command that removes the leftovers that there are', async () => {
  await using runtime = createMemoryRuntime({ programs: {} })
  const create = (owner: string) => {
    const labels = { [label.made]: '1', [label.owner]: owner }
    return runtime.createNetwork({ name: owner, labels, size: 2 })
  }
  await create(hidden)
  expect(await leftoversDiagnosis(runtime)).toMatchObject({ status: 'ok' })
  await create(dead)
  expect(await leftoversDiagnosis(runtime)).toMatchObject({
    status: 'warn',
    text: '1 networks',
    remedy: 'remove them: `mesocosm gc`',
  })
  vi.setSystemTime(Date.now() + 25 * 3_600_000)
  expect(await leftoversDiagnosis(runtime)).toMatchObject({
    status: 'warn',
    text: expect.stringMatching('^2 networks, some of them older than a day'),
    remedy: expect.stringContaining('`mesocosm gc --older-than 1d`'),
  })
})
