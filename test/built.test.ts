import { execFile } from 'node:child_process'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
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

const oldNode = (version: string) =>
  `data:text/javascript,Object.defineProperty(process.versions, 'node', { value: '${version}' })`

test.for(['18.20.0', '20.20.2', '22.21.9'])(
  'under Node %s, importing a door says what is needed',
  async (version) => {
    for (const door of ['index', 'plugin', 'runner', 'operate']) {
      const script = `await import(${JSON.stringify(join(root, 'dist', `${door}.js`))})`
      const argv = ['--import', oldNode(version), '--input-type=module', '--eval', script]
      await expect(promisify(execFile)(process.execPath, argv), door).rejects.toMatchObject({
        stderr: expect.stringMatching(
          `mesocosm needs Node 22.22 or later; this is Node ${version} \\[NODE_UNSUPPORTED\\]`,
        ),
      })
    }
  },
)

test('the doors import no name that an old Node does not have, which would hide what is needed', () => {
  const recent =
    /import \{[^}]*\b(getCallSites|registerHooks|stripTypeScriptTypes|mkdtempDisposable)\b/
  // `mesocosm/testing` needs Vitest, which says so itself.
  const built = globSync('dist/**/*.js', { cwd: root, exclude: ['dist/testing/**'] })
  expect(built.filter((path) => recent.test(readFileSync(join(root, path), 'utf8')))).toEqual([])
})
