import { spawnSync } from 'node:child_process'
import { afterEach, expect, test, vi } from 'vitest'
import type { Inventory } from '../runtime/inventory.ts'
import { label } from '../runtime/labels.ts'
import { createMemoryRuntime, type MemoryRuntime } from '../runtime/memory/memory-runtime.ts'
import { ownIdentity, writeIdentity } from './owner-identity.ts'
import { findLeftovers, removeLeftovers } from './sweep.ts'

const hour = 3_600_000
const alive = writeIdentity(ownIdentity())
const dead = writeIdentity({ ...ownIdentity(), pid: spawnSync(process.execPath, ['-e', '0']).pid })
/** Of a container with its own process ids; nothing shows whether it is alive. */
const hidden = writeIdentity({ ...ownIdentity(), host: 'another' })
const hiddenToo = writeIdentity({ ...ownIdentity(), host: 'another', pid: 7 })

afterEach(() => void vi.useRealTimers())

const newRuntime = (): MemoryRuntime => {
  vi.useFakeTimers({ toFake: ['Date'] })
  return createMemoryRuntime({ programs: { app: { run: async () => 0 } } })
}

/** Creates a network and a container of an owner, that long ago. */
const create = async (
  runtime: MemoryRuntime,
  name: string,
  owner: string | undefined,
  agoMs = 0,
) => {
  const now = Date.now()
  vi.setSystemTime(now - agoMs)
  const labels = { [label.made]: '1', ...(owner === undefined ? {} : { [label.owner]: owner }) }
  const network = await runtime.createNetwork({ name, labels, size: 2 })
  await runtime.create({
    name,
    image: 'app',
    labels,
    network: { kind: 'own', network, aliases: [] },
  } as Parameters<MemoryRuntime['create']>[0])
  vi.setSystemTime(now)
}

const names = ({ containers, networks }: Inventory) => ({
  containers: containers.map(({ name }) => name).sort(),
  networks: networks.map(({ name }) => name).sort(),
})
const both = (...all: string[]) => ({ containers: all, networks: all })

test('findLeftovers returns what dead owners on this host have left, of any age', async () => {
  await using runtime = newRuntime()
  await create(runtime, 'alive', alive, 100 * hour)
  await create(runtime, 'dead', dead)
  await create(runtime, 'hidden', hidden, 100 * hour)
  await create(runtime, 'ownerless', undefined, 100 * hour)
  expect(names(await findLeftovers(runtime))).toEqual(both('dead'))
})

test('olderThanMs adds what hidden owners have left, when all of it is older', async () => {
  await using runtime = newRuntime()
  await create(runtime, 'alive', alive, 3 * hour)
  await create(runtime, 'dead', dead)
  await create(runtime, 'old', hidden, 3 * hour)
  await create(runtime, 'ownerless', undefined, 3 * hour)
  await create(runtime, 'in-use', hiddenToo, 3 * hour)
  await create(runtime, 'in-use-now', hiddenToo, hour)
  const found = (ms: number) => findLeftovers(runtime, { olderThanMs: ms })
  expect(names(await found(4 * hour))).toEqual(both('dead'))
  expect(names(await found(2 * hour))).toEqual(both('dead', 'old', 'ownerless'))
  expect(names(await found(hour / 2))).toEqual(
    both('dead', 'in-use', 'in-use-now', 'old', 'ownerless'),
  )
  expect(names(await found(0))).not.toMatchObject({ containers: expect.arrayContaining(['alive']) })
})

test('olderThanMs leaves an owner that is known to be alive in another way', async () => {
  await using runtime = newRuntime()
  await create(runtime, 'hidden', hidden, 3 * hour)
  await create(runtime, 'hidden-too', hiddenToo, 3 * hour)
  const found = await findLeftovers(runtime, { olderThanMs: hour, alive: new Set([hidden]) })
  expect(names(found)).toEqual(both('hidden-too'))
})

test('olderThanMs leaves what has no creation time', async () => {
  await using runtime = newRuntime()
  await create(runtime, 'hidden', hidden, 3 * hour)
  const timeless: MemoryRuntime = {
    ...runtime,
    list: async (labels) => {
      const { containers, ...rest } = await runtime.list(labels)
      return { ...rest, containers: containers.map(({ createdMs: _, ...it }) => it) }
    },
  }
  expect(names(await findLeftovers(timeless, { olderThanMs: hour }))).toEqual(both())
})

test('removeLeftovers removes what was found and nothing else', async () => {
  await using runtime = newRuntime()
  await create(runtime, 'alive', alive, 3 * hour)
  await create(runtime, 'hidden', hidden, 3 * hour)
  await removeLeftovers(runtime, await findLeftovers(runtime, { olderThanMs: hour }))
  expect(names(await runtime.list({}))).toEqual(both('alive'))
})
