import { existsSync, globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { root } from './run.ts'

interface Manifest {
  readonly name: string
  readonly private?: boolean
  readonly exports: Readonly<Record<string, string | Readonly<Record<string, string>>>>
}

const manifestOf = (folder: string): Manifest =>
  JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'))

const packages = globSync('packages/*', { cwd: root })
// The template to copy holds nothing that is only of use in this repository.
const resolvedToSources = ['.', ...packages.filter((folder) => folder !== 'packages/hello')]

test.for(resolvedToSources)('every door of %s names its source first', (folder) => {
  for (const conditions of Object.values(manifestOf(folder).exports)) {
    if (typeof conditions === 'string') continue
    const [[first, source = ''] = []] = Object.entries(conditions)
    expect(first).toBe('@mesocosm/source')
    expect(source).toBe(conditions.default?.replace('/dist/', '/src/').replace(/\.js$/, '.ts'))
    expect(existsSync(join(root, folder, source)), source).toBe(true)
  }
})

test('the task `types` waits for the build of every package', () => {
  const tasks = readFileSync(join(root, 'turbo.json'), 'utf8')
  const [types = ''] = /"mesocosm#types": \{[^}]*\}/.exec(tasks) ?? []
  // What is not published is built into another package.
  const names = packages
    .map((folder) => manifestOf(folder))
    .filter((manifest) => !manifest.private)
    .map(({ name }) => name)
  expect(names.filter((name) => !types.includes(`"${name}#build"`))).toEqual([])
})
