import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { mayReadScript } from './prefilter.ts'

test('mayReadScript is true only for files that can read the environment', () => {
  for (const text of [
    'process.env.A',
    'process\n  .env.A',
    'process?.env',
    "process['env']",
    'const { env } = process',
    "import { env } from 'node:process'",
    'import.meta.env.A',
    'Bun.env.A',
    'function f(env: NodeJS.ProcessEnv) {}',
    "import env from 'env-var'",
  ])
    expect(mayReadScript(text), text).toBe(true)
  for (const text of ['processes.environment', 'process.exit(1)', "import { z } from 'zod'"])
    expect(mayReadScript(text), text).toBe(false)
})

test('readEnv loads the parser only if a file needs it', () => {
  const module = join(import.meta.dirname, '../read-env.ts')
  const program = `
    import { registerHooks } from 'node:module'
    import { readEnv } from ${JSON.stringify(module)}
    let isLoaded = false
    registerHooks({ resolve: (name, context, next) => {
      if (name === 'ts-morph') isLoaded = true
      return next(name, context)
    } })
    for (const folder of ${JSON.stringify([join(import.meta.dirname, '../text'), import.meta.dirname])}) {
      await readEnv({ service: 'a', root: folder, folders: [folder] })
      console.log(isLoaded)
    }`
  const answer = execFileSync(process.execPath, ['--input-type=module', '-e', program])
  expect(String(answer)).toBe('false\ntrue\n')
})
