import { join } from 'node:path'
import { generate } from '@mesocosm/codegen'
import { expect, test } from 'vitest'
import { topology as packed } from '../packed/consumer/topology.ts'
import { topology as editor } from './fixture/topology.ts'
import { topology as referenced } from './reference/topology/topology.ts'

test.each([
  ['the editor fixture', editor, 'fixture'],
  ['the referenced project', referenced, 'reference/topology'],
  ['the packed consumer', packed, '../packed/consumer'],
])('topology.gen.ts of %s is what `mesocosm gen` writes', async (_, topology, folder) => {
  const file = join(import.meta.dirname, folder, 'topology.ts')
  const { diff, warnings } = await generate(topology, { file, check: true })
  expect(diff).toBeUndefined()
  expect(warnings).toEqual([])
})
