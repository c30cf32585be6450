import fs, { mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync } from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { openLocalFolder } from './local-folder.ts'

const modeOf = (path: string): string => (statSync(path).mode & 0o777).toString(8)

const temporary = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'mesocosm-local-folder-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  return folder
}

/** Does something right before this folder is made, as another process could. */
const raced = (path: string, act: () => void): Disposable => {
  const real = fs.mkdirSync
  const restore = () => {
    fs.mkdirSync = real
    syncBuiltinESMExports()
  }
  fs.mkdirSync = ((...args: Parameters<typeof real>) => {
    if (args[0] === path) {
      restore()
      act()
    }
    return real(...args)
  }) as typeof real
  syncBuiltinESMExports()
  return { [Symbol.dispose]: restore }
}

test('others may pass through the folder, and see nothing in it', () => {
  const { root, records, ports } = openLocalFolder(join(temporary(), 'new', 'root'))
  expect([root, records, ports].map(modeOf)).toEqual(['711', '700', '700'])
})

test('a link that another user puts in its place meanwhile is refused, and what it leads to stays closed', () => {
  const folder = temporary()
  const [root, own] = [join(folder, 'root'), join(folder, 'own')]
  mkdirSync(own, { mode: 0o700 })
  using _race = raced(root, () => symlinkSync(own, root))
  expect(() => openLocalFolder(root)).toThrow(
    expect.objectContaining({ code: 'ENGINE_FAILED', message: expect.stringContaining('link') }),
  )
  expect(modeOf(own)).toBe('700')
})
