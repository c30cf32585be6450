import { defineTopology, lease, ref } from 'mesocosm'
import { afterAll, beforeAll } from 'vitest'
import { createDockerRuntime } from '../src/docker/docker-runtime.ts'
import type { Runtime } from '../src/runtime/runtime.ts'
import { app, askFrom, envOf } from './lib/app.ts'
import { madeBy } from './lib/engine.ts'
import type { Sandbox } from './lib/sandbox.ts'
import { expect, test } from './lib/test.ts'

/** Stands for a user with `docker network` and `docker rm`. */
let engine: Runtime

beforeAll(async () => {
  engine = await createDockerRuntime()
})
afterAll(() => engine[Symbol.asyncDispose]())

const declare = (sandbox: Sandbox) =>
  defineTopology({
    name: 'drift',
    root: sandbox.folder,
    services: {
      api: { ...app, env: { STORE: ref('store.http.url'), A: undefined } },
      store: app,
      db: { ...app, share: 'run' },
    },
  })

const find = async (sandbox: Sandbox, service: string, role: 'sandbox' | 'program') => {
  const { containers } = await madeBy(sandbox.runs().at(-1) ?? '')
  const found = containers.find((one) => one.service === service && one.role === role)
  if (found === undefined) throw new Error(`${service} has no ${role}`)
  return found
}

test('a lane heals from what was removed or disconnected behind its back', async ({ sandbox }) => {
  await using lane = await lease(declare(sandbox))
  const { api, store } = lane.services
  const answers = async () => {
    expect(await envOf(api)).toBeDefined()
    expect(await envOf(store)).toBeDefined()
    expect((await askFrom(api, 'http://store:3000/health')).answer).toBe('"ok"')
    expect((await askFrom(api, 'http://db:3000/health')).answer).toBe('"ok"')
  }
  await answers()
  const network = (await find(sandbox, 'api', 'sandbox')).networks[0] as string

  await engine.detach({ container: (await find(sandbox, 'store', 'sandbox')).id, network })
  await api.withEnv({ A: '1' }, answers)

  await engine.remove('container', (await find(sandbox, 'store', 'sandbox')).id)
  await lane.reset()
  await answers()

  await engine.remove('container', (await find(sandbox, 'api', 'program')).id)
  await lane.reset()
  await answers()

  for (const service of ['api', 'store', 'db'])
    await engine.detach({ container: (await find(sandbox, service, 'sandbox')).id, network })
  await engine.remove('network', network)
  await lane.reset()
  await answers()
  expect((await find(sandbox, 'api', 'sandbox')).networks).not.toEqual([network])
})
