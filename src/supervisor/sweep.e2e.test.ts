import { spawnSync } from 'node:child_process'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createDockerRuntime } from '../docker/docker-runtime.ts'
import { debianPrograms, testImage } from '../docker/test-image.ts'
import { label } from '../runtime/labels.ts'
import type { Inventory, Runtime } from '../runtime/runtime.ts'
import { liveness, readIdentity } from './owner-identity.ts'
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

/** Returns the identity of a process that has exited in a pid namespace of its own, as in a cancelled CI job. */
const hiddenIdentity = (): string | undefined => {
  const module = new URL('./owner-identity.ts', import.meta.url).href
  const script = `
    const { ownIdentity, writeIdentity } = await import(${JSON.stringify(module)})
    process.stdout.write(writeIdentity(ownIdentity()))`
  const argv = ['--pid', '--fork', process.execPath, '--input-type=module', '-e', script]
  const { status, stdout } = spawnSync('unshare', argv, { encoding: 'utf8' })
  return status === 0 ? stdout : undefined
}

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

test('what a supervisor in another pid namespace has left is removed when it is old enough', async (context) => {
  const owner = hiddenIdentity()
  if (owner === undefined) return context.skip('this user cannot create a pid namespace')
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
