import { execFile } from 'node:child_process'
import { existsSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type ContractTest, runnerContract } from 'mesocosm/testing'

const root = join(import.meta.dirname, '../../..')

const sourceOf = ({ suite, title, uses, body, retries = 0, skip = false }: ContractTest) => {
  const call = `test${skip ? '.skip' : ''}('${title}', { retry: ${retries} }, async ({ ${uses.join(', ')} }) => {
${body}
})`
  return suite === undefined ? call : `describe('${suite}', () => {\n${call}\n})`
}

runnerContract({
  name: 'vitest',
  fileName: (name) => `${name}.test.js`,
  source: ({ tests }) => `import { createTest } from '@mesocosm/vitest'
import { describe } from 'vitest'
import { topology } from './topology.ts'

const { test } = createTest(topology)

${tests.map(sourceOf).join('\n\n')}
`,
  run: ({ folder, workers, env }) => {
    const modules = join(folder, 'node_modules')
    if (!existsSync(modules)) symlinkSync(join(root, 'node_modules'), modules)
    const config = `export default { test: { maxWorkers: ${workers} } }\n`
    writeFileSync(join(folder, 'vitest.config.js'), config)
    return new Promise((resolve) => {
      const vitest = join(root, 'node_modules/vitest/vitest.mjs')
      execFile(process.execPath, [vitest, 'run'], { cwd: folder, env }, (_, stdout, stderr) =>
        resolve(stdout + stderr),
      )
    })
  },
})
