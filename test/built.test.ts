import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '..')

test('no built file imports a TypeScript source, which is not published', () => {
  const built = globSync(['dist/**/*.js', 'packages/*/dist/**/*.js'], { cwd: root })
  const wrong = built.flatMap((path) =>
    [
      ...readFileSync(join(root, path), 'utf8').matchAll(
        /(?:\bfrom|\bimport\()\s*(['"]\.[^'"]*\.ts['"])/g,
      ),
    ].map(([, specifier]) => `${path} imports ${specifier}`),
  )
  expect(built.length).toBeGreaterThan(100)
  expect(wrong).toEqual([])
})
