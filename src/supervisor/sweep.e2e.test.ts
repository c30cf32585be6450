import { afterAll, beforeAll, expect, test } from 'vitest'
import { createDockerRuntime } from '../docker/docker-runtime.ts'
import { debianPrograms, testImage } from '../docker/test-image.ts'
import type { Inventory } from '../runtime/inventory.ts'
import { label } from '../runtime/labels.ts'
import type { Runtime } from '../runtime/runtime.ts'
import { liveness, ownIdentity, readIdentity, writeIdentity } from './owner-identity.ts'
import { findLeftovers, removeLeftovers } from './sweep.ts'

let runtime: Runtime
const mine = { 'dev.mesocosm.sweep-test': String(process.pid) }

beforeAll(async () => {
  runtime = await createDockerRuntime()
})
afterAll(async () => {
  await removeLeftovers(runtime, await runtime.list(mine))
  await runtime[Symbol.asyncDispose]()
})

/** The owner ran on another machine that uses the same engine: nothing here shows whether it is alive. */
const owner = writeIdentity({ ...ownIdentity(), host: 'another', boot: 'another' })

/** Other tests and runs use the same engine. */
const ours = ({ containers, networks }: Inventory): Inventory => {
  const isOurs = ({ labels }: { readonly labels: Readonly<Record<string, string>> }) =>
    Object.entries(mine).every(([key, value]) => labels[key] === value)
  return {
    containers: containers.filter(isOurs),
    networks: networks.filter(isOurs),
    volumes: [],
  }
}

test('what a supervisor on another machine has left is removed when it is old enough', async () => {
  const identity = readIdentity(owner)
  expect(identity && liveness(identity)).toBe('unknown')
  const labels = { ...mine, [label.made]: '1', [label.owner]: owner }
  const name = `mesocosm-sweep-${process.pid}`
  const network = await runtime.createNetwork({ name, labels, size: 2 })
  const id = await runtime.create({
    name,
    image: await testImage(),
    labels,
    command: debianPrograms.wait(),
    network: { kind: 'own', network, aliases: [] },
  })
  const found = async (olderThanMs?: number) => ours(await findLeftovers(runtime, { olderThanMs }))
  expect(await found()).toMatchObject({ containers: [], networks: [] })
  expect(await found(3_600_000)).toMatchObject({ containers: [], networks: [] })
  // The engine counts in seconds, and its clock may be ahead.
  const old = await found(-60_000)
  expect(old).toMatchObject({ containers: [{ id }], networks: [{ id: network }] })
  await removeLeftovers(runtime, old)
  expect(ours(await runtime.list(mine))).toEqual({ containers: [], networks: [], volumes: [] })
})
