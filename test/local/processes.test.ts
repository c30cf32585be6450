import { join } from 'node:path'
import { defineTopology, lease } from 'mesocosm'
import { beforeAll } from 'vitest'
import { askFrom, envOf, get } from '../lib/app.ts'
import { isAlive, kill, killGroup, startScript } from '../lib/child.ts'
import { eventually } from '../lib/eventually.ts'
import { processesOf } from '../lib/leaks.ts'
import type { Sandbox } from '../lib/sandbox.ts'
import { expect, test } from '../lib/test.ts'
import { declare } from './topology.ts'

beforeAll(() => {
  process.env.MESOCOSM_RUNTIME = 'local'
})

const hold = (sandbox: Sandbox) => startScript(sandbox, join(import.meta.dirname, 'script/hold.ts'))

interface Held {
  readonly run: string
  readonly supervisor: number
  readonly url: string
}

/** The processes of the services of all runs in a sandbox. */
const programsIn = ({ env }: Sandbox) =>
  processesOf(env.TMPDIR ?? '').filter((row) => row.includes(' app.cjs'))

test('services reach each other, and keep their addresses over an env change, a restart and a crash', async ({
  sandbox,
}) => {
  await using lane = await lease(declare(sandbox.folder))
  const { api, web, store } = lane.services
  const { url } = api.http
  expect(new URL(url).hostname).toBe('127.0.0.1')
  expect(await envOf(web)).toMatchObject({ API: url })
  expect(await envOf(api)).toMatchObject({ STORE: store.http.url, GREETING: 'hello' })
  expect((await askFrom(web, `${url}/health`)).answer).toBe('"ok"')

  await api.withEnv({ GREETING: 'changed' }, async () => {
    expect(api.http.url).toBe(url)
    expect(await envOf(api)).toMatchObject({ GREETING: 'changed', STORE: store.http.url })
    expect((await api.exec.where()).stdout).toBe(
      `${join(import.meta.dirname, '../fixture')}\n${new URL(url).port} changed\n`,
    )
  })
  expect(await envOf(api)).toMatchObject({ GREETING: 'hello' })
  await api.restart()
  expect(api.http.url).toBe(url)

  await api.pause()
  await expect(fetch(`${url}/health`, { signal: AbortSignal.timeout(300) })).rejects.toThrow()
  await api.unpause()
  expect(await get(api, 'health')).toBe('ok')

  await get(api, 'say?text=to-the-log')
  await api.logs.waitFor('to-the-log')
  await expect(api.withEnv({ REFUSE: 'all' }, async () => undefined)).rejects.toMatchObject({
    code: 'SERVICE_EXITED',
    facts: { service: 'api', exitCode: 7 },
    message: expect.stringContaining('cannot work with REFUSE=all'),
  })
  expect(await envOf(api)).toMatchObject({ GREETING: 'hello' })
  await expect(lane.disconnect('api')).rejects.toMatchObject({ code: 'RUNTIME_UNSUPPORTED' })
})

test('two lanes run the same services side by side, and share a server', async ({ sandbox }) => {
  const topology = declare(sandbox.folder)
  await using one = await lease(topology, { key: 'one' })
  await using two = await lease(topology, { key: 'two' })
  const [a, b] = await Promise.all([envOf(one.services.api), envOf(two.services.api)])
  expect(one.services.api.http.url).not.toBe(two.services.api.http.url)
  expect(a.STORE).toBe(b.STORE)

  await using listener = await one.listen('hooks', (_, response) => response.end('for one'))
  expect(listener.url).toContain('127.0.0.1')
  const ask = async ({ services: { api } }: typeof one, { WEBHOOK_URL = '' }) =>
    (await askFrom(api, WEBHOOK_URL)).answer
  expect(await ask(one, a)).toContain('for one')
  expect(await ask(two, b)).toBeUndefined()
})

test('services without a local form fail before anything starts, all at once', async ({
  sandbox,
}) => {
  const topology = defineTopology({
    name: 'mixed',
    root: sandbox.folder,
    services: {
      api: { ...declare(sandbox.folder).definition.services.store, share: 'lane' },
      db: { image: 'postgres:17' },
      queue: { image: 'rabbitmq:4' },
    },
  })
  const before = programsIn(sandbox)
  await expect(lease(topology, { key: 'mixed' })).rejects.toMatchObject({
    code: 'LOCAL_UNSUPPORTED',
    details: [expect.stringMatching(/^db: /), expect.stringMatching(/^queue: /)],
  })
  expect(programsIn(sandbox)).toEqual(before)
})

test('a client and supervisor that are killed at once leave no process, folder or port', async ({
  sandbox,
}) => {
  await using child = hold(sandbox)
  const { supervisor } = await child.told<Held>('leased')
  expect(programsIn(sandbox)).toHaveLength(3)
  killGroup(child.pid, 'SIGKILL')
  killGroup(supervisor, 'SIGKILL')
  await child.ended
  await eventually(() => expect(isAlive(supervisor)).toBe(false))
  // Without a next run. The sandbox fails for everything else that is left.
  await eventually(() => expect(programsIn(sandbox)).toEqual([]))
})

test('a client and supervisor that are killed while services start leave nothing', async ({
  sandbox,
}) => {
  const former = sandbox.runs().length
  await using child = hold(sandbox)
  const supervisor = await eventually(() => {
    const pid = sandbox.supervisorOf(sandbox.runs()[former] ?? '')
    expect(programsIn(sandbox)).not.toEqual([])
    return pid
  })
  killGroup(child.pid, 'SIGKILL')
  killGroup(supervisor, 'SIGKILL')
  await child.ended
  await eventually(() => expect(programsIn(sandbox)).toEqual([]))
})

test('the supervisor alone is killed: its services end', async ({ sandbox }) => {
  await using child = hold(sandbox)
  const { supervisor, url } = await child.told<Held>('leased')
  const before = sandbox.runs()
  kill(supervisor, 'SIGKILL')
  await eventually(() => expect(programsIn(sandbox)).toEqual([]))
  await expect(fetch(url)).rejects.toThrow()
  // The client has started another one, which waits for a lease.
  const successor = await eventually(() => {
    // Runs that began in the same second have no order.
    const [run = ''] = sandbox.runs().filter((one) => !before.includes(one))
    // Written a moment after the record was begun.
    const pid = sandbox.supervisorOf(run)
    expect(pid).toEqual(expect.any(Number))
    return pid
  })
  killGroup(child.pid, 'SIGKILL')
  kill(successor, 'SIGTERM')
})

test('a test that is killed alone gives its lane back, and the services end with the run', async ({
  sandbox,
}) => {
  await using child = hold(sandbox)
  await child.told<Held>('leased')
  killGroup(child.pid, 'SIGKILL')
  await eventually(() => expect(programsIn(sandbox)).toEqual([]))
})
