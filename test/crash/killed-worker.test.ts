import { join } from 'node:path'
import { startNode } from '../lib/child.ts'
import { cleared } from '../lib/sandbox.ts'
import { expect, test } from '../lib/test.ts'

/** Time for the next worker to start. */
const graceMs = 5_000

const vitest = join(import.meta.dirname, '../../node_modules/vitest/vitest.mjs')

test('a worker that replaces a killed one gets its lane with the declared environment', async ({
  sandbox,
}) => {
  const config = join(import.meta.dirname, 'suite/vitest.config.ts')
  await using runner = startNode([vitest, 'run', '--config', config], {
    env: { ...sandbox.env, MESOCOSM_GRACE_MS: String(graceMs), SANDBOX: sandbox.folder },
  })
  const dead = await runner.told<{ lane: string; url: string }>('dying')
  // Same lane, same supervisor, same address; only the content is new.
  expect(await runner.told('next')).toEqual(dead)
  // The dead worker fails the run.
  expect(await runner.ended).toEqual({ exitCode: 1, signal: null })
  expect(runner.output).toMatch(/1 passed/)
  expect(sandbox.runs()).toHaveLength(1)
  for (const run of sandbox.runs()) await cleared(run)
})
