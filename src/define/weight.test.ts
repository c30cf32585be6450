import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

test('importing a topology loads only files of mesocosm, no packages', async () => {
  const source = join(import.meta.dirname, '..')
  const files = [
    ...[
      'topology',
      'env-value',
      'probes',
      'command',
      'run-command',
      'compile',
      'testcontainer',
    ].map((name) => join(source, 'define', `${name}.ts`)),
    ...['define-plugin', 'self'].map((name) => join(source, 'plugin', `${name}.ts`)),
  ]
  const script = `
    import { registerHooks } from 'node:module'
    const loaded = []
    registerHooks({ load: (url, context, next) => { loaded.push(url); return next(url, context) } })
    for (const file of ${JSON.stringify(files.map((file) => pathToFileURL(file).href))}) await import(file)
    console.log(JSON.stringify(loaded))`
  const { stdout } = await promisify(execFile)(process.execPath, [
    '--input-type=module',
    '--eval',
    script,
  ])
  const loaded = JSON.parse(stdout) as string[]
  const own = pathToFileURL(source).href
  expect(loaded.filter((url) => !url.startsWith(own) && !url.startsWith('node:'))).toEqual([])
  expect(loaded.length).toBeLessThan(32)
})
