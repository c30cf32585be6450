import { existsSync, readdirSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'
import { installServices } from '../../examples/shop/install-services.ts'
import { killGroup, startNode } from '../lib/child.ts'
import { eventually } from '../lib/eventually.ts'
import { expect, test } from '../lib/test.ts'

const root = join(import.meta.dirname, '../..')
const shop = join(root, 'examples/shop')

/** No engine is there, so that nothing can be in a container. */
const withoutEngine = { MESOCOSM_RUNTIME: 'local', DOCKER_HOST: 'unix:///nowhere/docker.sock' }

/** Only bounds what hangs. */
const timeoutMs = 10 * 60_000

/** Processes with their working folder below this one: those of PostgreSQL are in their data, and hide their environment. */
const processesBelow = (folder: string): string[] =>
  readdirSync('/proc').filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readlinkSync(`/proc/${pid}/cwd`).startsWith(`${folder}/`)
    } catch {
      // It has ended, or belongs to another user.
      return false
    }
  })

test('the suite of the shop passes without a container engine, on two lanes', {
  timeout: timeoutMs,
}, async ({ sandbox }) => {
  await installServices()
  const env = { ...sandbox.env, ...withoutEngine }
  await using suite = startNode([join(root, 'node_modules/vitest/vitest.mjs'), 'run'], {
    env,
    cwd: shop,
  })
  const { exitCode } = await suite.ended
  expect(exitCode, suite.output).toBe(0)
  expect(suite.output).not.toContain('without effect')
})

test.skipIf(!existsSync('/proc/self/cwd'))(
  'a client and supervisor that are killed at once leave nothing of the shop, PostgreSQL included',
  { timeout: timeoutMs },
  async ({ sandbox }) => {
    const folder = sandbox.env.TMPDIR ?? ''
    const env = { ...sandbox.env, ...withoutEngine }
    await using child = startNode([join(import.meta.dirname, 'script/hold-shop.ts')], { env })
    const { supervisor } = await child.told<{ supervisor: number; url: string }>('leased')
    expect(processesBelow(folder).length).toBeGreaterThan(1)
    killGroup(child.pid, 'SIGKILL')
    killGroup(supervisor, 'SIGKILL')
    await child.ended
    await eventually(() => expect(processesBelow(folder)).toEqual([]))
  },
)
