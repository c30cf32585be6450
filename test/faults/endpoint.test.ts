import { join } from 'node:path'
import { loadTrace } from 'mesocosm/operate'
import { openFaultProxy } from '../../src/docker/test-proxy.ts'
import { isAlive, startNode } from '../lib/child.ts'
import { ask, engineSocket, programs } from '../lib/engine.ts'
import { eventually } from '../lib/eventually.ts'
import { cleared, type Sandbox } from '../lib/sandbox.ts'
import { expect, test } from '../lib/test.ts'

const script = join(import.meta.dirname, 'script/listen.ts')
const onSocket = test.skipIf(engineSocket() === undefined)

/** The engine's stream to a relay. */
const relay = /^POST \/exec\/.*\/start/

/** A client that listens at an endpoint, and whose supervisor reaches the engine through a proxy. */
const start = async (sandbox: Sandbox) => {
  const proxy = await openFaultProxy(engineSocket() ?? '')
  const child = startNode([script, sandbox.folder], {
    env: { ...sandbox.env, DOCKER_HOST: proxy.endpoint },
  })
  const { run, lane } = await child.told<{ run: string; lane: string }>('listening')
  let asked = 0
  return {
    proxy,
    child,
    run,
    /** Container of the endpoint. */
    hooks: async () => (await programs(run))[`${lane}/hooks`] ?? '',
    /** What the service gets from the test. */
    answer: () => {
      child.go('ask')
      asked += 1
      return child.told<string | null>(`answer ${asked}`)
    },
    /** Waits for the supervisor as well, which still needs the proxy. */
    over: async () => {
      await cleared(run)
      await eventually(() => expect(isAlive(sandbox.supervisorOf(run))).toBe(false))
    },
    async [Symbol.asyncDispose]() {
      await child[Symbol.asyncDispose]()
      await proxy[Symbol.asyncDispose]()
    },
  }
}

const here = expect.stringContaining('from the test')

onSocket(
  'a test goes on listening when the connection to the engine breaks',
  async ({ sandbox }) => {
    await using made = await start(sandbox)
    const { proxy, child, answer } = made
    expect(await answer()).toEqual(here)
    expect(proxy.cut(relay)).toBeGreaterThanOrEqual(1)
    await eventually(async () => expect(await answer()).toEqual(here))
    child.go('end')
    await child.told('release')
    await made.over()
  },
)

onSocket(
  'connections wait while the engine is paused, and reach the test then',
  async ({ sandbox }) => {
    await using made = await start(sandbox)
    const { proxy, child, answer } = made
    expect(await answer()).toEqual(here)
    const held = proxy.hold(relay)
    expect(held.count).toBeGreaterThanOrEqual(1)
    const late = answer()
    await eventually(async () => expect(held.waiting()).toBeGreaterThan(0))
    held.go()
    expect(await late).toEqual(here)
    child.go('end')
    await child.told('release')
    await made.over()
  },
)

onSocket(
  'a killed endpoint is a warning, and the test listens again when it is started',
  async ({ sandbox }) => {
    await using made = await start(sandbox)
    const { child, answer, run } = made
    const killed = await made.hooks()
    await ask({ method: 'POST', path: `/containers/${killed}/kill` })
    const warnings = () =>
      loadTrace(join(sandbox.folder, '.mesocosm', 'runs', run)).events.filter(
        ({ k }) => k === 'svc.warning',
      )
    await eventually(() =>
      expect(warnings()).toMatchObject([
        { s: 'hooks', message: expect.stringContaining('do not reach the test') },
      ]),
    )
    expect(await answer()).toBeNull()
    child.go('start')
    expect(await child.told('started')).not.toHaveProperty('error')
    await eventually(async () => expect(await answer()).toEqual(here))
    child.go('end')
    await child.told('release')
    await made.over()
  },
)

onSocket('a killed client that listens leaves nothing', async ({ sandbox }) => {
  await using made = await start(sandbox)
  expect(await made.answer()).toEqual(here)
  process.kill(made.child.pid, 'SIGKILL')
  await made.child.ended
  await made.over()
})
