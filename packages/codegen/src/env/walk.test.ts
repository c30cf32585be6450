import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { readEnv } from './read-env.ts'
import { walk } from './walk.ts'

const scratch = mkdtempSync(join(tmpdir(), 'mesocosm-walk-'))
afterAll(() => rmSync(scratch, { recursive: true }))

const folderOf = (name: string, files: Readonly<Record<string, string>>): string => {
  const folder = join(scratch, name)
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  return folder
}

const refuse = (path: string) => expect.fail(path)

const read = (folders: readonly string[]) => readEnv({ service: 'api', root: scratch, folders })

test('walk yields source files sorted by code unit', () => {
  const paths = ['b.ts', 'B.py', 'a/z.go', 'a/Y.rb', '.env.example', 'a.test.ts', 'readme.md']
  const left = ['node_modules/x/a.js', '.git/a.js', '.next/a.js', 'dist/a.js', 'test/a.ts', '.env']
  const folder = folderOf('all', Object.fromEntries([...paths, ...left].map((path) => [path, 'x'])))
  expect([...walk(folder, refuse)].map(({ path }) => path)).toEqual([
    '.env.example',
    'B.py',
    'a/Y.rb',
    'a/z.go',
    'b.ts',
  ])
})

test('walk skips symbolic links and very large files', () => {
  const folder = folderOf('odd', { 'a.ts': 'x', 'large.ts': 'x'.repeat(1_000_001) })
  symlinkSync(join(folder, 'a.ts'), join(folder, 'link.ts'))
  symlinkSync(folder, join(folder, 'loop'))
  expect([...walk(folder, refuse)].map(({ path }) => path)).toEqual(['a.ts'])
})

test('readEnv names files relative to the root, once if folders overlap', async () => {
  const folder = folderOf('over', { 'src/a.py': 'import os\nos.environ["A"], os.environ[x]' })
  const { env, warnings } = await read([folder, join(folder, 'src')])
  expect(env).toEqual([
    { name: 'A', type: { kind: 'string' }, required: false, files: ['over/src/a.py'] },
  ])
  expect(warnings).toMatchObject([{ service: 'api', file: 'over/src/a.py' }])
})

test('readEnv warns about a missing folder', async () => {
  expect(await read([join(scratch, 'none')])).toEqual({
    env: [],
    warnings: [{ service: 'api', file: 'none', message: 'does not exist or is not a folder' }],
  })
})

// The superuser can read everything.
test.skipIf(process.getuid?.() === 0)(
  'readEnv warns about files without read permission and reads the rest',
  async () => {
    const folder = folderOf('locked', {
      'a.py': 'import os\nos.environ["A"]',
      'b.py': '',
      'data/c.py': '',
    })
    const locked = ['b.py', 'data'].map((path) => join(folder, path))
    for (const path of locked) chmodSync(path, 0)
    const { env, warnings } = await read([folder])
    for (const path of locked) chmodSync(path, 0o700)
    expect(env).toMatchObject([{ name: 'A' }])
    expect(warnings).toMatchObject([
      { file: 'locked/b.py', message: expect.stringContaining('permission denied') },
      { file: 'locked/data' },
    ])
  },
)

test('readEnv returns equal results for the same folder', async () => {
  const folder = folderOf('same', {
    'a.rb': "ENV['A']; ENV[x]",
    'b.go': 'package b\nvar c = os.Getenv("B")',
    '.env.example': '# Doc.\nA=1\nC=2',
  })
  expect(await read([folder])).toEqual(await read([folder]))
})
