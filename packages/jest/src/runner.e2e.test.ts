import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type ContractTest, runnerContract } from 'mesocosm/testing'
import { installPublished } from '../../../test/lib/published.ts'
import { jestConfig, type ModuleKind, packages, startJest } from '../test/consumer.ts'

/*
 * The contract of every runner, with packages as they are published: without flags in a project of CommonJS, and as ES
 * modules.
 */

const sourceOf = ({ suite, title, uses, body, skip = false }: ContractTest) => {
  const call = `test${skip ? '.skip' : ''}('${title}', async ({ ${uses.join(', ')} }) => {
${body}
})`
  return suite === undefined ? call : `describe('${suite}', () => {\n${call}\n})`
}

for (const [kind, title, extension] of [
  ['compiled', 'jest without flags', 'ts'],
  ['esm', 'jest with ES modules', 'js'],
] as const)
  runnerContract({
    name: title,
    fileName: (name) => `${name}.test.${extension}`,
    // Jest tries all tests of a file as often as one of them.
    source: ({ tests }) => `import { createTest } from '@mesocosm/jest'
${kind === 'esm' ? "import { jest } from '@jest/globals'\n" : ''}import { topology } from './topology.ts'

const { test } = createTest(topology)
jest.retryTimes(${Math.max(...tests.map(({ retries = 0 }) => retries))})

${tests.map(sourceOf).join('\n\n')}
`,
    run: async ({ folder, workers, env }) => {
      if (!existsSync(join(folder, 'node_modules'))) await prepare(folder, kind)
      const args = [`--maxWorkers=${workers}`, '--cacheDirectory=cache']
      const jest = startJest(folder, args, { env, esm: kind === 'esm' })
      await jest.ended
      return jest.output()
    },
  })

// ---

const prepare = async (folder: string, kind: ModuleKind): Promise<void> => {
  await installPublished(folder, packages)
  const type = kind === 'esm' ? { type: 'module' } : {}
  const manifest = { name: 'runner-contract', private: true, ...type, jest: jestConfig(kind) }
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest))
}
