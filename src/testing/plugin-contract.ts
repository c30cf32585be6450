import { afterAll, beforeAll, describe } from 'vitest'
import type { PluginNode } from '../define/plugin-node.ts'
import type { PluginContract } from './contract.ts'
import { dataClauses } from './data.ts'
import { declarationClauses } from './declaration.ts'
import { endClauses } from './end.ts'
import { lifeClauses } from './life.ts'
import { outputClauses } from './outputs.ts'
import { openStage, type Stage } from './stage.ts'

/** For each test and hook: what a busy machine needs to pull and start, not what is good. */
const timeoutMs = 120_000

/**
 * Holds a plugin to all that users of any plugin rely on, on the real engine. To be called in a Vitest file:
 *
 * @example
 * pluginContract({
 *   name: 'redis',
 *   module: new URL('./index.ts', import.meta.url),
 *   make: () => redis(),
 *   use: (cache) => cache.get('nothing'),
 *   data: {
 *     write: (cache, mark) => cache.set(mark, ''),
 *     read: (cache) => cache.keys('*'),
 *   },
 *   waits: { blpop: (cache, options) => cache.blpop('queue', options) },
 * })
 */
export const pluginContract = <N extends PluginNode>(contract: PluginContract<N>): void => {
  const { name } = contract
  // One story from declaration to release, in this order: the lanes are made once.
  const options = { timeout: timeoutMs, shuffle: false, concurrent: false }
  describe(`${name} keeps the plugin contract`, options, () => {
    const made: { stage?: Stage<N> } = {}
    const stage = (): Stage<N> => {
      if (made.stage === undefined) throw new Error('the stage is set before all tests')
      return made.stage
    }
    beforeAll(async () => {
      made.stage = await openStage(contract)
    }, timeoutMs)
    afterAll(async () => {
      await made.stage?.[Symbol.asyncDispose]()
    }, timeoutMs)

    declarationClauses(contract)
    outputClauses(contract, stage)
    dataClauses(contract, stage)
    lifeClauses(contract, stage)
    endClauses(contract, stage)
  })
}
