import { describe, expect, test } from 'vitest'
import type { PluginNode } from '../define/plugin-node.ts'
import { outputNames } from '../graph/references.ts'
import type { ServiceSpec } from '../model/service-spec.ts'
import { unlessSkipped } from './clause.ts'
import type { PluginContract } from './contract.ts'
import { connectsTo, type Endpoint, endpointsOf, insideProbe } from './endpoints.ts'
import type { Stage } from './stage.ts'

/** It can be used once it is ready, and the addresses among its outputs are reachable. */
export const outputClauses = <N extends PluginNode>(
  contract: PluginContract<N>,
  stage: () => Stage<N>,
): void => {
  const spec = (): ServiceSpec => stage().spec.services.it as ServiceSpec

  describe('started', () => {
    test('works at once when it is ready', () => {
      const { firstUse } = stage()
      if (firstUse.status === 'rejected') throw firstUse.reason
    })

    test('is reachable from tests by all its outputs', async (context) => {
      unlessSkipped(contract, 'outside', context)
      const { outputs } = stage().one
      const missing = outputNames(spec()).filter((name) => outputs[name] === undefined)
      expect(missing, 'outputs without a value').toEqual([])
      const refused: Endpoint[] = []
      for (const endpoint of endpointsOf(spec(), outputs))
        if (!(await connectsTo(endpoint))) refused.push(endpoint)
      expect(refused, 'not reached from the test').toEqual([])
    })

    test('is reachable from services of its lane by all its outputs', async (context) => {
      unlessSkipped(contract, 'inside', context)
      const { app } = stage().one
      const outputs = Object.fromEntries(
        outputNames(spec()).map((name, index) => [name, app.env[`OUTPUT_${index}`] ?? '']),
      )
      const endpoints = endpointsOf(spec(), outputs)
      const { stdout, stderr } = await app.run([
        'node',
        '-e',
        insideProbe,
        JSON.stringify(endpoints),
      ])
      expect({ refused: JSON.parse(stdout || '[]'), stderr }).toEqual({ refused: [], stderr: '' })
    })
  })
}
