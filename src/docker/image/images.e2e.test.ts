import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { RuntimeEvent } from '../../runtime/container-event.ts'
import { until } from '../../runtime/contract/scene.ts'
import type { Runtime } from '../../runtime/runtime.ts'
import { createDockerRuntime } from '../docker-runtime.ts'
import { testImage } from '../test-image.ts'

describe('modules and health checks on the engine', { timeout: 240_000 }, () => {
  let runtime: Runtime
  let base: string
  const labels = { 'dev.mesocosm.images-test': `${process.pid}` }

  beforeAll(async () => {
    runtime = await createDockerRuntime()
    base = await testImage()
  }, 60_000)
  afterAll(async () => {
    const { containers, networks } = await runtime.list(labels)
    for (const { id } of containers) await runtime.remove('container', id)
    for (const { id } of networks) await runtime.remove('network', id)
    await runtime[Symbol.asyncDispose]()
  })

  test('readModule reads settings of a testcontainers module as keys of a service', async () => {
    const module = {
      module: 'testcontainers',
      export: 'GenericContainer',
      args: [base],
      options: { withExposedPorts: [80], withCommand: [['sleep', '1']] },
    }
    expect(await runtime.readModule?.(module, import.meta.dirname)).toMatchObject({
      image: base,
      command: ['sleep', '1'],
      ports: { main: { port: 80, scheme: 'http' } },
    })
  })

  test('inspect and watch report the result of the image’s health check', async () => {
    const context = await mkdtemp(join(tmpdir(), 'mesocosm-health-'))
    const check = 'HEALTHCHECK --interval=100ms --retries=1 CMD test ! -e /sick'
    await writeFile(join(context, 'Dockerfile'), `FROM ${base}\n${check}\nCMD ["sleep", "1000"]\n`)
    const name = `health-test-${process.pid}`
    const { reference } = await runtime.image({ kind: 'build', name, build: { context } })
    await rm(context, { recursive: true })
    try {
      const events: RuntimeEvent[] = []
      await using _ = await runtime.watch(labels, (event) => events.push(event))
      const network = await runtime.createNetwork({ name, labels, size: 1 })
      const own = { kind: 'own', network, aliases: [] } as const
      const id = await runtime.create({ name, image: reference, labels, network: own })
      await runtime.start(id)
      expect((await runtime.inspect(id))?.health).toBe('starting')
      const reported = (healthy: boolean) => () =>
        events.some((event) => event.kind === 'health' && event.healthy === healthy)
      await until('it to be healthy', reported(true))
      expect((await runtime.inspect(id))?.health).toBe('healthy')
      await runtime.exec(id, { argv: ['touch', '/sick'] })
      await until('it to be unhealthy', reported(false))
      expect((await runtime.inspect(id))?.health).toBe('unhealthy')
      await runtime.remove('container', id)
    } finally {
      await runtime.remove('image', reference)
    }
  })
})
