import { join } from 'node:path'
import { openFaultProxy } from '../../src/docker/test-proxy.ts'
import { startNode } from '../lib/child.ts'
import { engineSocket } from '../lib/engine.ts'
import { cleared, type Sandbox } from '../lib/sandbox.ts'
import { expect, test } from '../lib/test.ts'

const script = join(import.meta.dirname, 'script/keep-lane.ts')
const onSocket = test.skipIf(engineSocket() === undefined)

/** A client whose supervisor reaches the engine through a proxy. */
const start = async (sandbox: Sandbox) => {
  const proxy = await openFaultProxy(engineSocket() ?? '')
  const child = startNode([script, sandbox.folder], {
    env: { ...sandbox.env, DOCKER_HOST: proxy.endpoint },
  })
  const { run } = await child.told<{ run: string }>('leased')
  return {
    proxy,
    child,
    run,
    async [Symbol.asyncDispose]() {
      await child[Symbol.asyncDispose]()
      await proxy[Symbol.asyncDispose]()
    },
  }
}

const numbers = Array.from({ length: 300 }, (_, index) => `line ${index + 1}`)

onSocket(
  'log and event connections that break cost no line, no run and no change',
  async ({ sandbox }) => {
    await using made = await start(sandbox)
    const { child, proxy, run } = made
    child.go('go')
    await child.told('writing')
    // At least the events and the output of the program.
    expect(proxy.cut(/^GET \/events|\/attach/)).toBeGreaterThanOrEqual(2)
    expect(await child.told('written')).toEqual({ value: numbers })
    for (const round of ['1', '2', '3'])
      expect(await child.told(`round ${round}`)).toEqual({ value: round })
    expect(await child.told('release')).toEqual({ value: null })
    await child.ended
    await cleared(run)
  },
)

onSocket(
  'a removal that is never answered stops neither further changes nor the end of the run',
  async ({ sandbox }) => {
    await using made = await start(sandbox)
    const { child, proxy, run } = made
    const removal = /^DELETE \/containers\//
    proxy.rules({ call: removal, fault: { kind: 'request lost' }, times: 1 })
    child.go('go')
    for (const round of ['1', '2', '3'])
      expect(await child.told(`round ${round}`)).toEqual({ value: round })
    expect(await child.told('release')).toEqual({ value: null })
    expect(proxy.calls.filter((call) => removal.test(call)).length).toBeGreaterThan(0)
    await child.ended
    await cleared(run)
  },
)
