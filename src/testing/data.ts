import { describe, expect, test } from 'vitest'
import type { PluginNode } from '../define/plugin-node.ts'
import type { ServiceSpec } from '../model/service-spec.ts'
import { label } from '../runtime/labels.ts'
import { given, unlessSkipped } from './clause.ts'
import type { ContractData, PluginContract, ServiceOf } from './contract.ts'
import { openConnection } from './endpoints.ts'
import { madeBy } from './engine-view.ts'
import type { Stage } from './stage.ts'

/** Lanes do not see each other's data, and resets restore what is declared and nothing else. */
export const dataClauses = <N extends PluginNode>(
  contract: PluginContract<N>,
  stage: () => Stage<N>,
): void => {
  const { use, seed } = contract
  const data = (): ContractData<N> => given(contract.data, 'data')
  const read = async (service: ServiceOf<N>) => [...(await data().read(service))].sort()
  /** Data of each lane before the tests write to it. */
  const declared = { one: [] as string[], two: [] as string[] }

  describe('data', () => {
    test('of one lane is not seen in another', async (context) => {
      unlessSkipped(contract, 'data', context)
      const { one, two } = stage()
      declared.one = await read(one.it)
      declared.two = await read(two.it)
      await Promise.all([data().write(one.it, 'of-one'), data().write(two.it, 'of-two')])
      expect(await read(one.it)).toEqual([...declared.one, 'of-one'].sort())
      expect(await read(two.it)).toEqual([...declared.two, 'of-two'].sort())
    })

    test('is as declared after a reset, with a client still connected', async (context) => {
      unlessSkipped(contract, 'data', context)
      const { one, two, run } = stage()
      const before = await programsOf(run)
      await using connection = await openConnection(portOf(stage()), one.outputs)
      await one.reset()
      expect(await read(one.it)).toEqual(declared.one)
      expect(await programsOf(run), 'containers').toEqual(before)
      expect(connection.open, 'a connection made before').toBe(true)
      await use(one.it)
      expect(await read(two.it), 'the other lane').toEqual([...declared.two, 'of-two'].sort())
    })

    test('that a service wrote at its start is restored by a reset', async (context) => {
      unlessSkipped(contract, 'data', context)
      context.skip(seed === undefined, 'no seed is given')
      expect(declared.one).toContain(seed?.mark)
    })

    test('is as declared after a deep reset', async (context) => {
      unlessSkipped(contract, 'data', context)
      const { one, two } = stage()
      await data().write(one.it, 'of-one-again')
      await one.reset({ level: 'deep' })
      expect(await read(one.it)).toEqual(declared.one)
      await use(one.it)
      expect(await read(two.it), 'the other lane').toEqual([...declared.two, 'of-two'].sort())
    })
  })
}

// ---

/** Returns the ids of the containers of the plugin's service in all lanes, sorted. */
const programsOf = async (run: string): Promise<string[]> => {
  const { containers } = await madeBy(run)
  return containers
    .filter(({ labels }) => labels[label.service] === 'it')
    .map(({ id }) => id)
    .sort()
}

/** Returns the name of the first TCP port. */
const portOf = ({ spec }: Pick<Stage<PluginNode>, 'spec'>): string | undefined => {
  const { ports = {} } = spec.services.it as ServiceSpec
  return Object.keys(ports).find((name) => ports[name]?.protocol !== 'udp')
}
