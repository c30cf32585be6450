import { join } from 'node:path'
import { expect, test } from 'vitest'
import { topology } from '../../test/commands/topology.ts'
import { generate } from '../topology/generate.ts'

test('the committed types match the committed probe files', async () => {
  const file = join(import.meta.dirname, '../../test/commands/topology.ts')
  const { diff = '', warnings } = await generate(topology, { file, check: true })
  expect(diff).toBe('')
  expect(warnings).toEqual([])
})
