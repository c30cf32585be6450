import { afterAll } from 'vitest'
import { type ContractHarness, runtimeContract } from '../runtime/contract/contract.ts'
import { createEngineApi } from './api/engine-api.ts'
import { libpodVersion } from './api/ping-headers.ts'
import type { EngineFacts } from './diagnose/diagnose-engine.ts'
import { hasNoCgroups, limits } from './diagnose/limits.ts'
import { podmanHost } from './diagnose/podman-host.ts'
import { createDockerRuntime } from './docker-runtime.ts'
import { discoverEngine } from './find/discover.ts'
import { debianPrograms, testImage } from './test-image.ts'
import { type FaultProxy, openFaultProxy } from './test-proxy.ts'

/** Returns what the engine of the tests does not do, with the reasons. */
async function whatItLacks(): Promise<NonNullable<ContractHarness['skip']>> {
  const { dialer, endpoint, close } = await discoverEngine()
  const api = createEngineApi(dialer, endpoint)
  try {
    const [facts, libpod, host] = await Promise.all([
      api.json<EngineFacts>('GET', '/info'),
      libpodVersion(api),
      podmanHost(api),
    ])
    const { status, text } = limits({ ...facts, controllers: host?.controllers })
    return {
      ...(status === 'ok' ? {} : { limits: text }),
      ...(hasNoCgroups(facts) ? { pause: text } : {}),
      ...(libpod === undefined
        ? {}
        : {
            'lost sandboxes':
              'Podman keeps a sandbox until what has joined it is gone, and starts it again with that',
          }),
    }
  } finally {
    close()
  }
}

const opened: { proxy?: FaultProxy } = {}
afterAll(() => opened.proxy?.[Symbol.asyncDispose]())

runtimeContract('the Docker runtime', {
  create: async () => {
    await using direct = await createDockerRuntime()
    const { endpoint } = await direct.info()
    // Only an engine with a unix socket can be put behind the proxy.
    if (!endpoint.startsWith('unix://')) return createDockerRuntime()
    opened.proxy = await openFaultProxy(endpoint.slice('unix://'.length))
    return createDockerRuntime({ endpoint: opened.proxy.endpoint })
  },
  image: testImage,
  programs: debianPrograms,
  skip: await whatItLacks(),
  interrupt: async (_, what, during) => {
    const { proxy } = opened
    const call = what === 'events' ? /^GET \/events/ : /\/containers\/[^/]+\/(attach|logs)/
    proxy?.rules({ call, fault: { kind: 'closed' } })
    proxy?.cut(call)
    try {
      await during()
    } finally {
      proxy?.rules()
    }
  },
})
