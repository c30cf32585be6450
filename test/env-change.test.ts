import { defineTopology, lease, ref } from 'mesocosm'
import { app, envOf, get } from './lib/app.ts'
import { programs } from './lib/engine.ts'
import type { Sandbox } from './lib/sandbox.ts'
import { expect, test } from './lib/test.ts'

const declare = ({ folder }: Sandbox) =>
  defineTopology({
    name: 'env-change',
    root: folder,
    services: {
      store: { ...app, env: { KIND: 'store' } },
      api: {
        ...app,
        env: {
          STORE: ref('store.http.url'),
          GREETING: 'hello',
          SPARE: 'there',
          REFUSE: undefined,
        },
      },
      web: { ...app, env: { API: ref('api.http.url'), GREETING: undefined, REFUSE: undefined } },
    },
  })

const open = (sandbox: Sandbox) => lease(declare(sandbox))

/** The containers of a lane's programs, by service. */
const containers = async (sandbox: Sandbox, lane: string) => {
  const all = await programs(sandbox.runs().at(-1) ?? '')
  const of = (service: string) => all[`${lane}/${service}`]
  return { store: of('store'), api: of('api'), web: of('web') }
}

test('withEnv recreates only the changed service, at the same address', async ({ sandbox }) => {
  await using lane = await open(sandbox)
  const { api } = lane.services
  const { url } = api.http
  const before = await containers(sandbox, lane.name)
  await api.withEnv({ GREETING: 'hi' }, async () => {
    expect(api.http.url).toBe(url)
    expect(api.env.GREETING).toBe('hi')
    expect(await envOf(api)).toMatchObject({ GREETING: 'hi', STORE: 'http://store:3000' })
    const during = await containers(sandbox, lane.name)
    expect(during).toEqual({ ...before, api: during.api })
    expect(during.api).not.toBe(before.api)
  })
  expect(api.http.url).toBe(url)
  expect(await envOf(api)).toMatchObject({ GREETING: 'hello' })
  const after = await containers(sandbox, lane.name)
  expect(after).toEqual({ ...before, api: after.api })
})

test('withEnv is a no-op if the environment is unchanged', async ({ sandbox }) => {
  await using lane = await open(sandbox)
  const before = await containers(sandbox, lane.name)
  await using _ = await lane.services.api.withEnv({ GREETING: 'hello' })
  expect(await containers(sandbox, lane.name)).toEqual(before)
})

test('undefined unsets a variable', async ({ sandbox }) => {
  await using lane = await open(sandbox)
  const { api } = lane.services
  await api.withEnv({ SPARE: undefined }, async () => {
    expect(await envOf(api)).not.toHaveProperty('SPARE')
    expect(api.env).not.toHaveProperty('SPARE')
  })
  expect(await envOf(api)).toMatchObject({ SPARE: 'there' })
})

test('changes of an environment nest and can end in any order', async ({ sandbox }) => {
  await using lane = await open(sandbox)
  const { api } = lane.services
  const seen = async () => {
    const { GREETING, SPARE } = await envOf(api)
    return { GREETING, SPARE }
  }
  const outer = await api.withEnv({ GREETING: 'outer', SPARE: 'outer' })
  const inner = await api.withEnv({ GREETING: 'inner' })
  expect(await seen()).toEqual({ GREETING: 'inner', SPARE: 'outer' })
  await outer[Symbol.asyncDispose]()
  expect(await seen()).toEqual({ GREETING: 'inner', SPARE: 'there' })
  await inner[Symbol.asyncDispose]()
  expect(await seen()).toEqual({ GREETING: 'hello', SPARE: 'there' })

  await api.withEnv({ GREETING: 'one' }, () =>
    api.withEnv({ SPARE: 'two' }, async () =>
      expect(await seen()).toEqual({ GREETING: 'one', SPARE: 'two' }),
    ),
  )
  expect(await seen()).toEqual({ GREETING: 'hello', SPARE: 'there' })
})

test('a change that the service does not start with fails with its logs, and the previous environment is restored', async ({
  sandbox,
}) => {
  await using lane = await open(sandbox)
  const { api } = lane.services
  const { url } = api.http
  const refused = await api.withEnv({ REFUSE: 'this' }).catch((error: unknown) => error)
  expect(refused).toMatchObject({
    code: 'SERVICE_EXITED',
    facts: { service: 'api', lane: lane.name, exitCode: 7 },
    lastLogs: expect.arrayContaining(['cannot work with REFUSE=this']),
  })
  expect((refused as Error).message).toContain('cannot work with REFUSE=this')
  expect(api.http.url).toBe(url)
  expect(api.env).not.toHaveProperty('REFUSE')
  expect(await envOf(api)).not.toHaveProperty('REFUSE')
  await api.withEnv({ GREETING: 'still works' }, async () =>
    expect(await envOf(api)).toMatchObject({ GREETING: 'still works' }),
  )
})

test('withEnv returns or throws what its callback does and restores the environment', async ({
  sandbox,
}) => {
  await using lane = await open(sandbox)
  const { api } = lane.services
  expect(await api.withEnv({ GREETING: 'hi' }, async () => (await envOf(api)).GREETING)).toBe('hi')
  const ours = new Error('from the test')
  await expect(
    api.withEnv({ GREETING: 'hi' }, () => {
      throw ours
    }),
  ).rejects.toBe(ours)
  expect(await envOf(api)).toMatchObject({ GREETING: 'hello' })
})

test('restart: dependents restarts only the services that depend on the changed one', async ({
  sandbox,
}) => {
  await using lane = await open(sandbox)
  const { api, web, store } = lane.services
  const startOf = async (service: typeof web | typeof store) =>
    (await service.run(['cat', '/proc/1/stat'])).stdout.split(' ')[21]
  const before = { web: await startOf(web), store: await startOf(store) }
  const made = await containers(sandbox, lane.name)
  await api.withEnv({ GREETING: 'hi' }, async () => {}, { restart: 'dependents' })
  expect(await startOf(web)).not.toBe(before.web)
  expect(await startOf(store)).toBe(before.store)
  // Restarted, not recreated.
  expect((await containers(sandbox, lane.name)).web).toBe(made.web)
  expect(await get(web, 'health')).toBe('ok')
})

test('environments of several services change at the same time', async ({ sandbox }) => {
  await using lane = await open(sandbox)
  const { api, web, store } = lane.services
  const before = await containers(sandbox, lane.name)
  const changes = await Promise.all([
    api.withEnv({ GREETING: 'one' }),
    web.withEnv({ GREETING: 'two' }),
  ])
  expect([(await envOf(api)).GREETING, (await envOf(web)).GREETING]).toEqual(['one', 'two'])
  await Promise.all(changes.map((change) => change[Symbol.asyncDispose]()))
  expect([(await envOf(api)).GREETING, (await envOf(web)).GREETING]).toEqual(['hello', undefined])
  expect((await containers(sandbox, lane.name)).store).toBe(before.store)
  expect(await envOf(store)).toMatchObject({ KIND: 'store' })
})

test('a failed change does not affect another at the same time', async ({ sandbox }) => {
  await using lane = await open(sandbox)
  const { api, web } = lane.services
  const [refused, changed] = await Promise.allSettled([
    web.withEnv({ REFUSE: 'this' }),
    api.withEnv({ GREETING: 'two' }),
  ])
  expect(refused).toMatchObject({ status: 'rejected', reason: { code: 'SERVICE_EXITED' } })
  expect(changed.status).toBe('fulfilled')
  expect(await envOf(api)).toMatchObject({ GREETING: 'two' })
  expect(await envOf(web)).not.toHaveProperty('REFUSE')
})
