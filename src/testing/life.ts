import { describe, expect, test } from 'vitest'
import type { EnvPatch } from '../define/env-patch.ts'
import type { BaseHandle } from '../define/handle.ts'
import type { PluginNode } from '../define/plugin-node.ts'
import { isMesocosmError } from '../errors/mesocosm-error.ts'
import { given, unlessSkipped } from './clause.ts'
import type { PluginContract, ServiceOf } from './contract.ts'
import { idsOf, leftOf, madeBy } from './engine-view.ts'
import type { Stage } from './stage.ts'

/**
 * A second service is added to the running lane, stopped and started, paused, and removed. No other lane uses its server,
 * so it can be stopped in every share mode.
 */
export const lifeClauses = <N extends PluginNode>(
  contract: PluginContract<N>,
  stage: () => Stage<N>,
): void => {
  const { make, use, data, waits } = contract
  const made: { second?: ServiceOf<N>; before?: readonly string[] } = {}
  const second = (): ServiceOf<N> & BaseHandle<EnvPatch> => {
    if (made.second === undefined)
      throw new Error('it was not added to the lane; see the test before')
    return made.second as ServiceOf<N> & BaseHandle<EnvPatch>
  }

  describe('added to a running lane', () => {
    test('works at once, on data of its own', async (context) => {
      unlessSkipped(contract, 'add', context)
      const { one, run } = stage()
      made.before = idsOf(await madeBy(run))
      made.second = await one.add('second', make())
      await use(made.second)
      if (data === undefined) return
      await data.write(made.second, 'of-second')
      expect(await data.read(made.second)).toContain('of-second')
      expect(await data.read(one.it)).not.toContain('of-second')
    })

    test('works after a stop and start, a restart and a kill', async (context) => {
      unlessSkipped(contract, 'add', context)
      unlessSkipped(contract, 'restart', context)
      await second().stop()
      await second().start()
      await use(second())
      await second().restart()
      await use(second())
      await second().kill()
      await second().start()
      await use(second())
    })

    test('ends waiting calls by timeout and signal while it does not answer', async (context) => {
      unlessSkipped(contract, 'add', context)
      unlessSkipped(contract, 'waits', context)
      const calls = Object.entries(given(waits, 'waits'))
      await second().pause()
      try {
        for (const [name, call] of calls) {
          const wait = (options: Parameters<typeof call>[1]) => codeOf(call(second(), options))
          const abort = new AbortController()
          const aborted = wait({ signal: abort.signal, timeoutMs: 60_000 })
          expect(await wait({ timeoutMs: 100 }), `${name}, after its timeout`).toBe('TIMEOUT')
          abort.abort(new Error('enough'))
          expect(await aborted, `${name}, aborted`).toBe('ABORTED')
          const before = { signal: AbortSignal.abort(new Error('never')), timeoutMs: 60_000 }
          expect(await wait(before), `${name}, aborted before`).toBe('ABORTED')
        }
      } finally {
        await second().unpause()
      }
      await use(second())
    })

    test('leaves nothing behind when it is removed', async (context) => {
      unlessSkipped(contract, 'add', context)
      const { one, run } = stage()
      await one.remove('second')
      // Containers that a reset has replaced may still be listed.
      const isNew = (id: string) => made.before?.includes(id) !== true
      const left = await leftOf(run, (ids) => !ids.some(isNew))
      expect(left.filter(isNew)).toEqual([])
      await use(one.it)
    })
  })
}

// ---

/** Returns the code of the `MesocosmError` that a call ends with, else what it ended with. */
const codeOf = async (call: Promise<unknown>): Promise<unknown> => {
  const [ended] = await Promise.allSettled([call])
  if (ended.status === 'fulfilled') return `not an error, but the value ${String(ended.value)}`
  return isMesocosmError(ended.reason) ? ended.reason.code : ended.reason
}
