import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { budgets } from '../../bench/types/budgets.ts'
import { instantiations } from '../../bench/types/instantiations.ts'
import { writeProject } from '../../bench/types/project.ts'
import { generatedText, type Size, topologyText, useText } from '../../bench/types/topologies.ts'
import { typeScripts } from './editors.ts'

const services = 50
const each = 10
const sizes = {
  plain: { services, variables: 30 },
  argv: { services, variables: 30, commands: { kind: 'argv', each } },
  zod: { services, variables: 30, commands: { kind: 'zod', each } },
} as const satisfies Record<string, Size>

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mesocosm-price-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

describe.each(typeScripts)('type instantiations of %s', (compiler) => {
  const price = { plain: 0, argv: 0, zod: 0 }
  beforeAll(async () => {
    for (const name of ['plain', 'argv', 'zod'] as const) {
      const size = sizes[name]
      const project = await writeProject(join(folder, compiler, name), {
        'topology.ts': topologyText(size),
        'topology.gen.ts': generatedText(size),
        'use.ts': useText,
      })
      price[name] = await instantiations(project, compiler)
    }
  })

  test('fifty services with thirty refs and generated variables each stay within the budget', () => {
    expect(price.plain).toBeGreaterThan(1_000)
    expect(price.plain).toBeLessThan(budgets.plain.instantiations)
  })

  test('a plain command adds less than 150', () => {
    expect((price.argv - price.plain) / (services * each)).toBeLessThan(150)
  })

  test('five hundred zod commands stay within the budget', () => {
    expect(price.zod).toBeLessThan(budgets.zod.instantiations)
  })
})
