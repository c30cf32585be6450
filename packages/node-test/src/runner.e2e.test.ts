import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type ContractTest, runnerContract } from 'mesocosm/testing'
import { installPublished } from '../../../test/lib/published.ts'
import { startRunner } from '../../../test/lib/runner-project.ts'

/* The contract of every runner, with packages as they are published: ES modules in TypeScript, and CommonJS. */

const sourceOf = ({ suite, title, uses, body, skip = false }: ContractTest) => {
  const call = `test${skip ? '.skip' : ''}('${title}', async ({ ${uses.join(', ')} }) => {
${body}
})`
  return suite === undefined ? call : `describe('${suite}', () => {\n${call}\n})`
}

const heads = {
  'test.ts': `import { describe } from 'node:test'
import { createTest } from '@mesocosm/node-test'
import { topology } from './topology.ts'
`,
  'test.cjs': `const { describe } = require('node:test')
const { createTest } = require('@mesocosm/node-test')
const { topology } = require('./topology.ts')
`,
}

for (const [extension, head] of Object.entries(heads))
  runnerContract({
    name: `node:test with ${extension}`,
    fileName: (name) => `${name}.${extension}`,
    source: ({ tests }) =>
      `${head}\nconst { test } = createTest(topology)\n\n${tests.map(sourceOf).join('\n\n')}\n`,
    run: async ({ folder, workers, env }) => {
      if (!existsSync(join(folder, 'node_modules')))
        await installPublished(folder, ['.', 'packages/node-test'])
      const runner = startRunner(folder, ['--test', `--test-concurrency=${workers}`], env)
      await runner.ended
      return runner.output()
    },
    skip: { retry: 'node:test tries tests again in another run, by --test-rerun-failures' },
  })
