import { describe, expect, test } from 'vitest'
import { compile } from '../client/lane/compile.ts'
import { type PluginNode, pluginOf } from '../define/plugin-node.ts'
import { planFresh } from '../operate/plan-fresh.ts'
import { secretsOf } from '../plan/outputs.ts'
import { unlessSkipped } from './clause.ts'
import type { PluginContract } from './contract.ts'
import { importAlone } from './import-alone.ts'
import { contractTopology } from './stage.ts'

/** Clauses that need no running service. */
export const declarationClauses = <N extends PluginNode>(contract: PluginContract<N>): void => {
  const { make, module } = contract
  const compiled = async () => compile(await contractTopology(contract, import.meta.dirname))

  describe('declared', () => {
    test('is made by definePlugin, as the same plain data each time', () => {
      expect(pluginOf(make())?.name, 'made by definePlugin').toMatch(/./)
      expect(notData(make())).toEqual([])
      expect(JSON.stringify(make())).toBe(JSON.stringify(make()))
    })

    test('passes the schema', async () => {
      expect(await planFresh(await compiled())).toContain('it')
    })

    test('shows no secret in plans', async (context) => {
      unlessSkipped(contract, 'secrets', context)
      const spec = await compiled()
      const text = await planFresh(spec)
      for (const secret of secretsOf(spec)) expect(text).not.toContain(secret)
    })

    test('loads no other package and opens no connection when it is imported', async (context) => {
      unlessSkipped(contract, 'import', context)
      expect(await importAlone(module)).toEqual({ packages: [], sockets: 0 })
    })
  })
}

// ---

/** Returns the paths of all values that JSON cannot represent. `undefined` counts as absent. */
const notData = (value: unknown, path = 'node'): string[] => {
  if (Array.isArray(value)) return value.flatMap((item, at) => notData(item, `${path}[${at}]`))
  if (typeof value === 'object' && value !== null) {
    const isPlain = [Object.prototype, null].includes(Object.getPrototypeOf(value))
    if (!isPlain) return [path]
    return Object.entries(value).flatMap(([key, item]) => notData(item, `${path}.${key}`))
  }
  const isData = value === null || ['string', 'boolean', 'undefined'].includes(typeof value)
  return isData || Number.isFinite(value) ? [] : [path]
}
