import { execFile } from 'node:child_process'
import { existsSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type ContractTest, runnerContract } from 'mesocosm/testing'
import { afterAll, beforeAll } from 'vitest'
import { type Installed, installPacked } from '../test/installed.ts'

let installed: Installed
beforeAll(async () => {
  installed = await installPacked()
})
afterAll(() => installed?.[Symbol.dispose]())

const sourceOf = ({ suite, title, uses, body, retries = 0, skip = false }: ContractTest) => {
  const call = `test${skip ? '.skip' : ''}('${title}', async ({ ${uses.join(', ')} }) => {
${body}
})`
  const retried = `test.describe(() => {\ntest.describe.configure({ retries: ${retries} })\n${call}\n})`
  const own = retries === 0 ? call : retried
  return suite === undefined ? own : `test.describe('${suite}', () => {\n${own}\n})`
}

const project = (name: string, type: 'module' | 'commonjs', extension: 'js' | 'ts') =>
  runnerContract({
    name,
    fileName: (file) => `${file}.spec.${extension}`,
    source: ({ tests }) => `import { createTest } from '@mesocosm/playwright'
import { topology } from './topology${type === 'module' ? '.ts' : ''}'

const { test } = createTest(topology)

${tests.map(sourceOf).join('\n\n')}
`,
    run: ({ folder, workers, env }) => {
      const modules = join(folder, 'node_modules')
      if (!existsSync(modules)) symlinkSync(installed.folder, modules)
      const config = `{ testDir: '.', workers: ${workers}, reporter: [['list'], ['@mesocosm/playwright/reporter']] }`
      writeFileSync(join(folder, 'package.json'), JSON.stringify({ name, private: true, type }))
      writeFileSync(join(folder, 'playwright.config.ts'), `export default ${config}\n`)
      return new Promise((resolve) => {
        const cli = join(modules, '@playwright/test/cli.js')
        execFile(process.execPath, [cli, 'test'], { cwd: folder, env }, (_, stdout, stderr) =>
          resolve(stdout + stderr),
        )
      })
    },
  })

project('playwright', 'module', 'js')
project('playwright with CommonJS', 'commonjs', 'ts')
