import { afterEach, expect, test, vi } from 'vitest'
import { requireAbility } from '../../runtime/require-ability.ts'
import { createEngineApi } from '../api/engine-api.ts'
import { createDockerRuntime } from '../docker-runtime.ts'
import { discoverEngine } from './discover.ts'

afterEach(() => vi.unstubAllEnvs())

test.each(['', '127.0.0.1', 'localhost', 'host.example'])(
  'with TESTCONTAINERS_HOST_OVERRIDE "%s", an engine of this host publishes on loopback only',
  async (override) => {
    vi.stubEnv('TESTCONTAINERS_HOST_OVERRIDE', override)
    await using runtime = await createDockerRuntime()
    const name = `mesocosm-publish-${process.pid}`
    const labels = { 'dev.mesocosm.publish-test': name }
    const network = await runtime.createNetwork({ name, labels, size: 4 })
    const publish = [{ port: 80, protocol: 'tcp' }] as const
    const createSandbox = requireAbility(runtime, 'createSandbox')
    const id = await createSandbox({ name, labels, network, aliases: [], publish })
    try {
      await runtime.start(id)
      const engine = await discoverEngine()
      const api = createEngineApi(engine.dialer, engine.endpoint)
      const seen = api.json('GET', `/containers/${id}/json`).finally(engine.close)
      expect(await seen).toMatchObject({
        NetworkSettings: {
          Ports: { '80/tcp': [{ HostIp: '127.0.0.1', HostPort: expect.any(String) }] },
        },
      })
      expect((await runtime.info()).host).toBe(override || '127.0.0.1')
    } finally {
      await runtime.remove('container', id)
      await runtime.remove('network', network)
    }
  },
)
