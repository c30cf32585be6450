import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { installServices } from '../examples/shop/install-services.ts'
import { runDirOf } from '../src/protocol/run-dir.ts'
import { label } from '../src/runtime/labels.ts'
import { type Child, startNode } from './lib/child.ts'
import { idsOf, labelled } from './lib/engine.ts'
import { drained, eventually } from './lib/eventually.ts'
import type { Sandbox } from './lib/sandbox.ts'
import { expect, test } from './lib/test.ts'

const root = join(import.meta.dirname, '..')
const shop = join(root, 'examples/shop')

/** A suite that neither prints nor creates anything for this long hangs, also on a slow machine. */
const longestStallMs = 90_000

/** Only a bound for what goes on without an end: two suites on two cores took 3 minutes on a slow day. */
const longestMs = 15 * 60_000

const startSuite = ({ env }: Sandbox): Child =>
  startNode([join(root, 'node_modules/vitest/vitest.mjs'), 'run'], { env, cwd: shop })

/** Returns the owner in the labels of everything that a suite's supervisor creates. */
const ownerOf = ({ pid }: Child): Promise<string> =>
  eventually(() => readFileSync(runDirOf(shop, String(pid)).owner, 'utf8'))

test(
  'two runs of a suite at the same time share nothing',
  async ({ sandbox }) => {
    await installServices()
    await using one = startSuite(sandbox)
    await using two = startSuite(sandbox)
    const suites = await Promise.all(
      [one, two].map(async (child) => ({
        child,
        owner: await ownerOf(child),
        seen: new Set<string>(),
      })),
    )
    let running = suites.length
    for (const { child } of suites) void child.ended.then(() => running--)

    let bothAtOnce = false
    let progress = { seen: '', at: performance.now() }
    while (running > 0) {
      const now = await Promise.all(suites.map(({ owner }) => labelled(label.owner, owner)))
      now.forEach((inventory, index) => {
        for (const id of idsOf(inventory)) suites[index]?.seen.add(id)
      })
      const seen = suites.map(({ child, seen: ids }) => `${child.output.length} ${ids.size}`).join()
      if (seen !== progress.seen) progress = { seen, at: performance.now() }
      const stalledMs = performance.now() - progress.at
      expect(stalledMs, suites.map(({ child }) => child.output).join('\n')).toBeLessThan(
        longestStallMs,
      )
      await delay(100)
      bothAtOnce ||= now.every(({ containers }) => containers.length > 0)
    }
    for (const { child } of suites) {
      const { exitCode } = await child.ended
      expect(exitCode, child.output).toBe(0)
    }

    const [first = [], second = []] = suites.map(({ seen }) => [...seen])
    expect(bothAtOnce).toBe(true)
    expect(first).not.toEqual([])
    expect(first.filter((id) => second.includes(id))).toEqual([])
    for (const { owner } of suites)
      await drained(async () => idsOf(await labelled(label.owner, owner)), `left by ${owner}`)
  },
  longestMs,
)
