import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { defineTopology, lease, ref } from 'mesocosm'
import { openFaultProxy } from '../../src/docker/test-proxy.ts'
import { aliveUntil } from '../../src/testing/engine-view.ts'
import { app, askFrom, envOf } from '../lib/app.ts'
import { engineSocket } from '../lib/engine.ts'
import { cleared } from '../lib/sandbox.ts'
import { expect, test } from '../lib/test.ts'

const refused = { kind: 'refused' } as const

test.skipIf(engineSocket() === undefined)(
  'an engine that cannot pause containers or look up the sandbox image runs all services',
  async ({ sandbox }) => {
    await using proxy = await openFaultProxy(engineSocket() ?? '')
    proxy.rules(
      { call: /^POST .*\/pause/, fault: refused },
      { call: /^GET .*\/images\/mesocosm\/sandbox/, fault: refused },
    )
    // The supervisor inherits it.
    process.env.DOCKER_HOST = proxy.endpoint
    try {
      const lane = await lease(
        defineTopology({
          name: `shortcuts-${process.pid}`,
          root: sandbox.folder,
          services: {
            api: { ...app, env: { STORE: ref('store.http.url') } },
            store: { ...app, prebuild: true },
          },
        }),
      )
      const { api, store } = lane.services
      expect(await envOf(api)).toMatchObject({ STORE: 'http://store:3000' })
      expect((await askFrom(api, 'http://store:3000/health')).answer).toBe('"ok"')
      const { url } = store.http
      await store.restart()
      expect(store.http.url).toBe(url)
      expect(await envOf(store)).toBeDefined()
      const path = join(sandbox.folder, '.mesocosm', 'latest', 'ev', 'owner.ndjson')
      const events = readFileSync(path, 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as { k: string; shortcut?: string })
      expect(
        events.flatMap(({ k, shortcut }) => (k === 'shortcut' ? [shortcut] : [])).sort(),
      ).toEqual(['prebuilt image', 'sandbox image'])
      expect(events.filter(({ k }) => k === 'prebuilt')).toEqual([])
      const run = sandbox.runs().at(-1) ?? ''
      const supervisor = sandbox.supervisorOf(run)
      await lane.release()
      // The supervisor needs the proxy to its end.
      await cleared(run)
      await aliveUntil(supervisor)
    } finally {
      delete process.env.DOCKER_HOST
    }
  },
)
