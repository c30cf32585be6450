import { spawnSync } from 'node:child_process'
import { describe, expect, test, vi } from 'vitest'
import { label } from '../runtime/labels.ts'
import { createMemoryRuntime } from '../runtime/memory/memory-runtime.ts'
import type { Runtime } from '../runtime/runtime.ts'
import { ownIdentity, writeIdentity } from './owner-identity.ts'
import { findLeftovers, removeOwned } from './sweep.ts'

const deadOwner = () =>
  writeIdentity({ ...ownIdentity(), pid: spawnSync(process.execPath, ['--version']).pid })

const addNetwork = (runtime: Runtime, owner: string, name: string) =>
  runtime.createNetwork({ name, labels: { [label.owner]: owner }, size: 4 })

const fast = { quietMs: 20, everyMs: 1, onError: () => undefined }

test('removeOwned removes what a dead owner left, and what appears meanwhile; not that of others', async () => {
  await using runtime = createMemoryRuntime({ programs: {} })
  const owner = deadOwner()
  await addNetwork(runtime, owner, 'one')
  await addNetwork(runtime, writeIdentity(ownIdentity()), 'of another')
  const remove: Runtime['remove'] = async (kind, id) => {
    await runtime.remove(kind, id)
    // The engine completes a call of the killed process.
    if (late.count++ === 0) await addNetwork(runtime, owner, 'late')
  }
  const late = { count: 0 }
  expect(await removeOwned({ ...runtime, remove }, owner, fast)).toBe(2)
  const { networks } = await runtime.list({})
  expect(networks.map(({ name }) => name)).toEqual(['of another'])
})

test('removeOwned tries again after a failure, and reports it', async () => {
  await using runtime = createMemoryRuntime({ programs: {} })
  const owner = deadOwner()
  await addNetwork(runtime, owner, 'one')
  const errors: unknown[] = []
  const remove: Runtime['remove'] = (kind, id) => {
    if (errors.length === 0) return Promise.reject(new Error('busy'))
    return runtime.remove(kind, id)
  }
  const onError = (error: unknown) => errors.push(error)
  expect(await removeOwned({ ...runtime, remove }, owner, { ...fast, onError })).toBe(1)
  expect(errors).toMatchObject([{ errors: [new Error('busy')] }])
})

test.each([
  ['an owner that lives', writeIdentity(ownIdentity())],
  ['an owner on another host', writeIdentity({ ...ownIdentity(), host: 'elsewhere' })],
])('removeOwned removes nothing of %s', async (_, owner) => {
  await using runtime = createMemoryRuntime({ programs: {} })
  await addNetwork(runtime, owner, 'one')
  expect(await removeOwned(runtime, owner, { ...fast, giveUpMs: 20 })).toBe(0)
  expect((await runtime.list({})).networks).toHaveLength(1)
})

describe('leftovers of an owner whose process is not visible', () => {
  const away = writeIdentity({ ...ownIdentity(), host: 'a container' })
  const labels = { [label.made]: '1', [label.owner]: away }
  const leased = { ...labels, [label.role]: 'lease' }

  test.each<[string, boolean, readonly ('held' | 'lapsed')[]]>([
    ['are not known without a lease', false, []],
    ['are not those of a held lease', false, ['held']],
    ['are known by a lease that lapsed', true, ['lapsed']],
    ['are not known while another lease is held', false, ['lapsed', 'held']],
  ])('%s', async (_, found, leases) => {
    await using runtime = createMemoryRuntime({ programs: {} })
    await runtime.createNetwork({ name: 'left', labels, size: 4 })
    for (const [index, state] of leases.entries()) {
      const spec = { name: `lease-${index}`, labels: leased, silentMs: 0 }
      const lease = await runtime.lease?.(spec)
      if (state === 'lapsed') await lease?.[Symbol.asyncDispose]()
    }
    const exited = () =>
      runtime
        .list(leased)
        .then(({ containers }) => containers.filter(({ status }) => status === 'exited').length)
    const lapsed = leases.filter((state) => state === 'lapsed').length
    await vi.waitFor(async () => expect(await exited()).toBe(lapsed))
    const { networks } = await findLeftovers(runtime)
    expect(networks.map(({ name }) => name)).toEqual(found ? ['left'] : [])
  })
})
