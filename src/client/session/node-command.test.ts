import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { nodeCommand } from './node-command.ts'

const bun = { ...process.versions, bun: '1.4.5' }
let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'mesocosm-node-'))
  for (const name of ['shim', 'real', 'none']) mkdirSync(join(folder, name))
  writeFileSync(join(folder, 'bun'), '', { mode: 0o755 })
  symlinkSync(join(folder, 'bun'), join(folder, 'shim/node'))
  writeFileSync(join(folder, 'real/node'), '', { mode: 0o755 })
})
afterAll(() => rmSync(folder, { recursive: true }))

const path = (...names: string[]) => names.map((name) => join(folder, name)).join(delimiter)

test('in Node, the supervisor runs on the same Node', () => {
  expect(nodeCommand(['main.js'], { PATH: '', MESOCOSM_NODE: '/other' })).toEqual([
    process.execPath,
    'main.js',
  ])
})

test('in Bun, it runs on the first node on PATH that is not Bun', () => {
  const of = (env: NodeJS.ProcessEnv) => nodeCommand(['main.js'], env, bun).slice(-2)
  expect(of({ PATH: path('none', 'shim', 'real') })).toEqual([join(folder, 'real/node'), 'main.js'])
  expect(of({ PATH: path('real'), MESOCOSM_NODE: '/mine' })).toEqual(['/mine', 'main.js'])
})

test('without Node, the error names what to install', () => {
  expect(() => nodeCommand([], { PATH: path('none', 'shim') }, bun)).toThrow(
    /no `node` on PATH \[NODE_UNSUPPORTED\]\s+remedy: install Node 22\.22 or later, or set MESOCOSM_NODE/,
  )
})
