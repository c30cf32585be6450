import { ref } from 'mesocosm'
import { app, envOf } from '../lib/app.ts'
import { madeBy, programs } from '../lib/engine.ts'
import { eventually } from '../lib/eventually.ts'
import type { Sandbox } from '../lib/sandbox.ts'
import { expect, test } from '../lib/test.ts'
import { answers, notes, type Open, open, write } from './topology.ts'

const runOf = (sandbox: Sandbox) => sandbox.runs().at(-1) ?? ''

/** Changes everything that a test can change in a lane. */
const makeAMess = async (lane: Open) => {
  const { api, store } = lane.services
  await write(lane, 'of the mess')
  await api.run(['touch', '/made-by-hand'])
  await lane.add('extra', { ...app, env: { DATABASE: ref('db.url') } })
  await api.setEnv({ GREETING: 'changed' })
  await lane.disconnect('api')
  await store.stop()
}

const expectDeclared = async (lane: Open) => {
  const { api, store } = lane.services
  expect(await envOf(api)).toMatchObject({ GREETING: 'hello' })
  expect(api.env.GREETING).toBe('hello')
  expect(await answers(store)).toBe(true)
  expect(await notes(lane)).toEqual(['as declared'])
}

const servicesOf = async (sandbox: Sandbox, { name }: Open) => {
  const { containers } = await madeBy(runOf(sandbox))
  return [...new Set(containers.filter(({ lane }) => lane === name).map((one) => one.service))]
}

test('a reset restores environment, network, services and data', async ({ sandbox }) => {
  await using lane = await open(sandbox, 'one')
  await makeAMess(lane)
  expect(await servicesOf(sandbox, lane)).toContain('extra')
  expect(await answers(lane.services.store)).toBe(false)
  await lane.reset()
  await expectDeclared(lane)
  expect((await servicesOf(sandbox, lane)).sort()).toEqual(['api', 'store'])
})

test('a reset continues a paused service', async ({ sandbox }) => {
  await using lane = await open(sandbox, 'one')
  await lane.services.store.pause()
  await lane.reset()
  expect(await answers(lane.services.store)).toBe(true)
})

test('a reset starts a crashed service', async ({ sandbox }) => {
  await using lane = await open(sandbox, 'one')
  const { store } = lane.services
  await fetch(`${store.http.url}/exit?code=3`).catch(() => {})
  await eventually(() =>
    expect(store.run(['true'])).rejects.toMatchObject({
      code: 'SERVICE_NOT_RUNNING',
      facts: { exitCode: 3 },
    }),
  )
  await lane.reset()
  expect(await answers(store)).toBe(true)
})

test('a reset keeps services that are as declared', async ({ sandbox }) => {
  await using lane = await open(sandbox, 'one')
  const before = await programs(runOf(sandbox))
  await write(lane, 'of the test')
  await lane.reset()
  expect(await notes(lane)).toEqual(['as declared'])
  expect(await programs(runOf(sandbox))).toEqual(before)
})

test('a deep reset recreates services and data of the lane and keeps the shared server', async ({
  sandbox,
}) => {
  await using lane = await open(sandbox, 'one')
  const before = await programs(runOf(sandbox))
  await lane.services.db.query('drop table notes')
  await makeAMess(lane).catch(() => {})
  await lane.reset({ level: 'deep' })
  await expectDeclared(lane)
  const after = await programs(runOf(sandbox))
  expect(Object.keys(after).sort()).toEqual(Object.keys(before).sort())
  for (const [service, container] of Object.entries(before)) {
    if (service.startsWith('run/')) expect(after[service]).toBe(container)
    else expect(after[service]).not.toBe(container)
  }
})

test('a released lane is reset for the next lease', async ({ sandbox }) => {
  const lane = await open(sandbox, 'one')
  await makeAMess(lane)
  await lane.release()
  await using next = await open(sandbox, 'one')
  expect(next.name).toBe(lane.name)
  await expectDeclared(next)
})

test('reset: none leaves a lane as it was released', async ({ sandbox }) => {
  const lane = await open(sandbox, 'one')
  await write(lane, 'left')
  await lane.services.api.setEnv({ GREETING: 'left' })
  await lane.services.store.stop()
  await lane.release()
  await using next = await open(sandbox, 'one', { reset: 'none' })
  expect(next.name).toBe(lane.name)
  expect(await notes(next)).toEqual(['as declared', 'left'])
  expect(await envOf(next.services.api)).toMatchObject({ GREETING: 'left' })
  expect(await answers(next.services.store)).toBe(false)
})

test('a reset of one lane does not affect another', async ({ sandbox }) => {
  await using one = await open(sandbox, 'one')
  await using two = await open(sandbox, 'two')
  await write(two, 'of the second lane')
  await using _ = await two.services.api.withEnv({ GREETING: 'second' })
  await one.reset({ level: 'deep' })
  expect(await notes(two)).toEqual(['as declared', 'of the second lane'])
  expect(await envOf(two.services.api)).toMatchObject({ GREETING: 'second' })
})
