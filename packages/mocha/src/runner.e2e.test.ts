import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type ContractTest, runnerContract } from 'mesocosm/testing'
import { installPublished } from '../../../test/lib/published.ts'
import { startRunner } from '../../../test/lib/runner-project.ts'

/*
 * The contract of every runner, with packages as they are published: ES modules in TypeScript, CommonJS, and the TDD
 * interface.
 */

const sourceOf =
  (suiteName: string) =>
  ({ suite, title, uses, body, retries = 0, skip = false }: ContractTest) => {
    const call = `test${skip ? '.skip' : ''}('${title}', async function ({ ${uses.join(', ')} }) {
this.retries(${retries})
${body}
})`
    return suite === undefined ? call : `${suiteName}('${suite}', () => {\n${call}\n})`
  }

const imports = `import { createTest } from '@mesocosm/mocha'
import { topology } from './topology.ts'
`
const requires = `const { createTest } = require('@mesocosm/mocha')
const { topology } = require('./topology.ts')
`

for (const [ui, extension, head, suiteName] of [
  ['bdd', 'test.ts', imports, 'describe'],
  ['bdd', 'test.cjs', requires, 'describe'],
  ['tdd', 'test.js', imports, 'suite'],
] as const)
  runnerContract({
    name: `mocha, ${ui}, with ${extension}`,
    fileName: (name) => `${name}.${extension}`,
    source: ({ tests }) =>
      `${head}\nconst ours = createTest(topology)\n{\nconst { test } = ours\n${tests
        .map(sourceOf(suiteName))
        .join('\n\n')}\n}\n`,
    run: async ({ folder, workers, env }) => {
      if (!existsSync(join(folder, 'node_modules')))
        await installPublished(folder, ['.', 'packages/mocha'])
      const parallel = workers > 1 ? ['--parallel', `--jobs=${workers}`] : []
      const mocha = join(folder, 'node_modules/mocha/bin/mocha.js')
      const args = [mocha, '--ui', ui, ...parallel, `*.${extension}`]
      const runner = startRunner(folder, args, env)
      await runner.ended
      return runner.output()
    },
  })
