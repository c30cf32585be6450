import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { publishedPackages, stage } from '../../scripts/pack.ts'

test('every file in the exports and bin of a published package is published', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'mesocosm-published-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const staged = await stage(await publishedPackages(), folder)
  const missing = await Promise.all(
    staged.map(async (home) => {
      const manifest = await readFile(join(home, 'package.json'), 'utf8')
      const { name, exports, bin = {} } = JSON.parse(manifest)
      return targetsOf({ exports, bin })
        .filter((path) => !existsSync(join(home, path)))
        .map((path) => `${name}: ${path}`)
    }),
  )
  expect(staged.length).toBeGreaterThan(5)
  expect(missing.flat()).toEqual([])
})

// ---

/** Returns the paths in a tree of export conditions. */
const targetsOf = (tree: unknown): string[] =>
  typeof tree === 'string' ? [tree] : Object.values(tree as object).flatMap(targetsOf)
