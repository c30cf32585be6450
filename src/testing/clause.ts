import { expect, type TestContext } from 'vitest'
import type { PluginNode } from '../define/plugin-node.ts'
import type { ContractClause, PluginContract } from './contract.ts'

/** Skips the test if the contract has a reason for it. */
export const unlessSkipped = <N extends PluginNode>(
  { skip }: PluginContract<N>,
  clause: ContractClause,
  context: TestContext,
): void => {
  const reason = skip?.[clause]
  context.skip(reason !== undefined, reason)
}

/** Returns what a clause needs from the contract; fails if it is missing and not skipped. */
export const given = <T>(value: T | undefined, key: ContractClause): T => {
  expect(value, `pass \`${key}\` to pluginContract, or a reason in \`skip.${key}\``).toBeDefined()
  return value as T
}
