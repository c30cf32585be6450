import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'

/*
 * Runs Vitest in a temporary project. Needs no engine, because its tests ask for no service.
 */

const root = join(import.meta.dirname, '../../..')

const makeProject = () => {
  const folder = mkdtempSync(join(tmpdir(), 'mesocosm-sequencer-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}')
  writeFileSync(
    join(folder, 'vitest.config.ts'),
    `import { MesocosmSequencer } from '@mesocosm/vitest/sequencer'
     import { defineConfig } from 'vitest/config'
     export default defineConfig({
       test: { maxWorkers: 1, sequence: { sequencer: MesocosmSequencer } },
     })`,
  )
  return folder
}

/** A file whose test takes this long, and that says when it begins. */
const suite = (name: string, ms: number) =>
  `import { test } from 'vitest'
   console.log('began ${name}.')
   test('waits', () => new Promise((resolve) => setTimeout(resolve, ${ms})))`

/** Runs Vitest; returns the order in which its files began. */
const order = (folder: string): Promise<string[]> =>
  new Promise((resolve, reject) => {
    const { FORCE_COLOR: _, ...rest } = process.env
    const env = Object.entries({ ...rest, NO_COLOR: '1' }).filter(
      ([name]) => !name.startsWith('VITEST'),
    )
    execFile(
      process.execPath,
      [join(root, 'node_modules/vitest/vitest.mjs'), 'run'],
      { cwd: folder, env: Object.fromEntries(env) },
      (error, stdout, stderr) => {
        if (error !== null) reject(new Error(`${stdout}${stderr}`, { cause: error }))
        else resolve([...stdout.matchAll(/^began (\w+)\./gm)].map(([, name = '']) => name))
      },
    )
  })

test('files begin in the order of their last times, the longest first', async () => {
  const folder = makeProject()
  const file = join(folder, '.mesocosm/durations.json')
  const names = ['a', 'b', 'c']
  for (const [index, name] of names.entries())
    writeFileSync(join(folder, `${name}.test.ts`), suite(name, 100 * (index + 1)))
  expect((await order(folder)).sort()).toEqual(names)
  const { version, files } = JSON.parse(readFileSync(file, 'utf8')) as {
    version: number
    files: Record<string, Record<string, number>>
  }
  expect(Object.keys(files)).toEqual(names.map((name) => `${name}.test.ts`))
  for (const [index, name] of names.entries())
    expect(files[`${name}.test.ts`]?.['']).toBeGreaterThanOrEqual(100 * (index + 1))
  // How long they take on a busy machine is chance, so the order is tried with times of our own.
  const times = { 'a.test.ts': { '': 2 }, 'b.test.ts': { '': 3 }, 'c.test.ts': { '': 1 } }
  writeFileSync(file, JSON.stringify({ version, files: times }))
  expect(await order(folder)).toEqual(['b', 'a', 'c'])
})
