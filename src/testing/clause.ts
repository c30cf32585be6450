import { expect, type TestContext } from 'vitest'
import type { PluginNode } from '../define/plugin-node.ts'
import type { ContractClause, PluginContract } from './contract.ts'

/** Leaves the test out where the author has said why. */
export const unlessSkipped = <N extends PluginNode>(
  { skip }: PluginContract<N>,
  clause: ContractClause,
  context: TestContext,
): void => {
  const reason = skip?.[clause]
  context.skip(reason !== undefined, reason)
}

/** What a clause needs of the author, who has to give it or to say why there is none. */
export const given = <T>(value: T | undefined, key: ContractClause): T => {
  expect(
    value,
    `give \`${key}\` to pluginContract, or say in \`skip.${key}\` why there is none`,
  ).toBeDefined()
  return value as T
}
