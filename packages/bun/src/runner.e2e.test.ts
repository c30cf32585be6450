import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type ContractTest, runnerContract } from 'mesocosm/testing'
import { test } from 'vitest'
import { noBun } from '../../../test/lib/bun.ts'
import { installPublished } from '../../../test/lib/published.ts'
import { packages, startBun } from '../test/consumer.ts'

const sourceOf = ({ suite, title, uses, body, retries = 0, skip = false }: ContractTest) => {
  const call = `test${skip ? '.skip' : ''}('${title}', async ({ ${uses.join(', ')} }) => {
${body}
}, { retry: ${retries} })`
  return suite === undefined ? call : `describe('${suite}', () => {\n${call}\n})`
}

if (noBun !== undefined) test.skip(`bun keeps the runner contract: ${noBun}`)
else
  runnerContract({
    name: 'bun',
    fileName: (name) => `${name}.test.ts`,
    source: ({ tests }) => `import { createTest } from '@mesocosm/bun'
import { topology } from './topology.ts'

const { test, describe } = createTest(topology)

${tests.map(sourceOf).join('\n\n')}
`,
    run: async ({ folder, workers, env }) => {
      if (!existsSync(join(folder, 'node_modules'))) await installPublished(folder, packages)
      const bun = startBun(folder, workers === 1 ? [] : [`--parallel=${workers}`], env)
      await bun.ended
      return bun.output()
    },
  })
