import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readModule } from './read-module.ts'

let root: string

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'mesocosm-module-'))
})
afterAll(() => rm(root, { recursive: true }))

test('a module that never ends its start is MODULE_UNREADABLE', async () => {
  const spec = { module: './endless.mjs', export: 'Own', args: [], options: {} }
  const base = 'class Base { withExposedPorts() {} async start() {} }'
  const own = 'export class Own extends Base { async start() { await new Promise(() => {}) } }'
  await writeFile(join(root, 'endless.mjs'), `${base}\n${own}`)
  await expect(readModule(spec, root, 50)).rejects.toMatchObject({
    code: 'MODULE_UNREADABLE',
    message: expect.stringContaining('Own of module ./endless.mjs could not be read: module'),
    remedy: expect.any(String),
  })
})
