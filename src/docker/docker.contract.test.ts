import { afterAll } from 'vitest'
import { runtimeContract } from '../runtime/contract/contract.ts'
import { createDockerRuntime } from './docker-runtime.ts'
import { debianPrograms, testImage } from './test-image.ts'
import { type FaultProxy, openFaultProxy } from './test-proxy.ts'

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
