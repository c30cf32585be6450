import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import { ref } from '../define/env-value.ts'
import type { PluginNode } from '../define/plugin-node.ts'
import { outputNames } from '../graph/references.ts'
import { secretsOf } from '../plan/outputs.ts'
import { activeResources, newResources } from './active-resources.ts'
import { unlessSkipped } from './clause.ts'
import type { PluginContract } from './contract.ts'
import { aliveUntil, leftOf, poll } from './engine-view.ts'
import type { Stage } from './stage.ts'

/** A release closes connections. After a longer time the server may have closed idle ones. */
const closedWithinMs = 3_000

/** At the end only the record is left, without secrets. */
export const endClauses = <N extends PluginNode>(
  contract: PluginContract<N>,
  stage: () => Stage<N>,
): void => {
  const { use, appImage = 'node:24-trixie-slim' } = contract

  describe('at the end', () => {
    test('shows no secret when a service that has them all in its environment fails', async (context) => {
      unlessSkipped(contract, 'secrets', context)
      const { one, spec } = stage()
      const secrets = secretsOf(spec)
      context.skip(secrets.length === 0, 'it has no secret')
      const names = outputNames(spec.services.it ?? {})
      const fail = ['-e', 'console.error(process.env); process.exit(3)']
      const telltale = {
        image: appImage,
        command: ['node', ...fail],
        local: { command: [process.execPath, ...fail] },
        env: Object.fromEntries(names.map((name, at) => [`OUTPUT_${at}`, ref(`it.${name}`)])),
        // Never ready, so that its exit is a failure.
        ready: { kind: 'log', pattern: 'never' },
      }
      const [added] = await Promise.allSettled([one.add('telltale', telltale)])
      expect(added.status).toBe('rejected')
      const shown = inspect(added, { depth: 10, maxStringLength: null })
      for (const secret of secrets) expect(shown).not.toContain(secret)
    })

    test('leaves no connection of this process open after the lanes are released', async (context) => {
      unlessSkipped(contract, 'release', context)
      const { one, two, activeBefore } = stage()
      await Promise.all([use(one.it), use(two.it)])
      await Promise.all([one.release(), two.release()])
      const look = () => newResources(activeBefore, activeResources())
      expect(await poll(look, (held) => held.length === 0, closedWithinMs)).toEqual([])
    })

    test('leaves nothing on the engine', async (context) => {
      unlessSkipped(contract, 'release', context)
      const { one, two, letEnd, run, owner } = stage()
      await Promise.all([one.release(), two.release(), letEnd()])
      expect(await leftOf(run, (left) => left.length === 0)).toEqual([])
      await aliveUntil(owner)
    })

    test('shows no secret in the record', async (context) => {
      unlessSkipped(contract, 'secrets', context)
      const { one, two, letEnd, spec, record, owner } = stage()
      const secrets = secretsOf(spec)
      context.skip(secrets.length === 0, 'it has no secret')
      await Promise.all([one.release(), two.release(), letEnd()])
      await aliveUntil(owner)
      const files = readdirSync(record, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map(({ parentPath, name }) => join(parentPath, name))
      expect(files).not.toEqual([])
      const telling = files.filter((path) => {
        const text = readFileSync(path, 'utf8')
        return secrets.some((secret) => text.includes(secret))
      })
      expect(telling).toEqual([])
    })
  })
}
