import { afterAll, beforeAll, describe } from 'vitest'
import type { PluginNode } from '../define/plugin-node.ts'
import type { PluginContract } from './contract.ts'
import { dataClauses } from './data.ts'
import { declarationClauses } from './declaration.ts'
import { endClauses } from './end.ts'
import { lifeClauses } from './life.ts'
import { outputClauses } from './outputs.ts'
import { openStage, type Stage } from './stage.ts'

/** For each test and hook; long enough for a busy machine that pulls images. */
const timeoutMs = 240_000

/**
 * Defines the tests of what users rely on with every plugin. Call it in a Vitest file. The tests need a container engine,
 * unless `runtime` is `local`.
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
  // The tests share their lanes, and run in this order from declaration to release.
  const options = { timeout: timeoutMs, shuffle: false, concurrent: false }
  describe(`${name} keeps the plugin contract`, options, () => {
    const made: { stage?: Stage<N> } = {}
    const stage = (): Stage<N> => {
      if (made.stage === undefined) throw new Error('the lanes are leased before all tests')
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
