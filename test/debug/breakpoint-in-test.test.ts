import { symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { loadTrace } from '../../src/trace/load-trace.ts'
import { startNode } from '../lib/child.ts'
import { attachCdp } from '../lib/debuggers/cdp.ts'
import { eventually } from '../lib/eventually.ts'
import { expect, test } from '../lib/test.ts'

const root = join(import.meta.dirname, '../..')

/** The limits are shorter than the pause; the test's own limit is shorter than anything. */
const source = `import { defineTopology, http } from 'mesocosm'
import { createTest } from '@mesocosm/vitest'

const topology = defineTopology({
  name: 'breakpoint',
  root: import.meta.dirname,
  services: {
    api: {
      image: 'node:24-trixie-slim',
      command: ['node', '/app.cjs'],
      files: [{ from: ${JSON.stringify(join(root, 'test/fixture/app.cjs'))}, to: '/app.cjs' }],
      ports: { http: 3000 },
      ready: http('/health'),
    },
  },
})
const { test, expect } = createTest(topology)

test('is stopped at a breakpoint', { timeout: 1_000 }, async ({ api }) => {
  const line = api.logs.waitFor('after the pause', { timeoutMs: 6_000 })
  const slept = api.run(['sleep', '8'], { timeoutMs: 7_000 })
  await api.http.fetch('/health')
  const stopped = 'here'
  await api.http.fetch('/say?text=after+the+pause')
  expect((await line).text).toBe('after the pause')
  expect((await slept).exitCode).toBe(0)
})
`

const pauseMs = 9_000

test('a test of Vitest that is stopped at a breakpoint, longer than all limits, passes', async ({
  sandbox,
}) => {
  const file = join(sandbox.folder, 'breakpoint.test.ts')
  writeFileSync(file, source)
  symlinkSync(join(root, 'node_modules'), join(sandbox.folder, 'node_modules'))
  const port = await freePort()
  const vitest = join(root, 'node_modules/vitest/vitest.mjs')
  const inspect = `--inspect-brk=127.0.0.1:${port}`
  await using run = startNode([vitest, 'run', inspect, '--no-file-parallelism'], {
    cwd: sandbox.folder,
    env: { ...sandbox.env, NO_COLOR: '1' },
  })
  await using debug = await eventually(() => attachCdp(port))
  // Vitest stops at the first line of the file.
  expect(await debug.hit()).toMatchObject({ file })
  const line = source.split('\n').findIndex((text) => text.includes('const stopped')) + 1
  await debug.breakAt(file, line)
  await debug.resume()
  expect(await debug.hit()).toEqual({ file, line })
  const since = performance.now()
  await eventually(() => expect(performance.now() - since).toBeGreaterThan(pauseMs))
  await debug.resume()
  expect(await run.ended, run.output).toMatchObject({ exitCode: 0 })

  const { root: record, tests } = loadTrace(join(sandbox.folder, '.mesocosm/latest'))
  const [attempt] = tests
  expect(attempt).toMatchObject({ status: 'passed' })
  const stops = record.children.filter(({ kind }) => kind === 'suspended')
  const [stop] = stops.filter(({ start, end }) => end - start > pauseMs / 2)
  expect(stop?.name).toMatch(/^limits stand still: vitest \(process \d+\) is paused in a debugger$/)
  // How long a test took is what a clock on the wall says.
  expect((attempt?.end ?? 0) - (attempt?.start ?? 0)).toBeGreaterThan(pauseMs)
})

const freePort = async (): Promise<number> => {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { readonly port: number }
  await new Promise((resolve) => server.close(resolve))
  return port
}
